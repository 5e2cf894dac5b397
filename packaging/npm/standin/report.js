'use strict';

/** Expectations are not met; the message is the report. */
class Unmet extends Error {
  name = 'Unmet';

  constructor(report) {
    super(report.text);
    this.report = report;
  }
}

module.exports = { Unmet };
