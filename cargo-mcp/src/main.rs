//! `cargo mcp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_mcp::main(std::env::args_os())
}
