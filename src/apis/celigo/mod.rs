//! Celigo integrator.io: the table.
