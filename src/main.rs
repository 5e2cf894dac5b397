//! The binary: see `standin --help`.

fn main() -> std::process::ExitCode {
    standin::cli::main()
}
