//! `cargo mcp registry validate`.

use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::json;

use crate::{
    cli::Validate,
    error::{Error, Result},
    registry::{Fault, judge_text},
};

pub(crate) fn run(arguments: &Validate) -> Result<ExitCode> {
    let path = &arguments.file;
    let text = fs::read_to_string(path).map_err(|error| Error::of_file(path, &error))?;
    let faults = judge_text(&text);
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", as_json(&faults))?;
    } else {
        for fault in &faults {
            writeln!(out, "{fault}")?;
        }
        let errors = faults.iter().filter(|fault| fault.is_error()).count();
        let warnings = faults.len() - errors;
        writeln!(out, "{}: {errors} errors, {warnings} warnings", path.display())?;
    }
    Ok(if faults.iter().any(Fault::is_error) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn as_json(faults: &[Fault]) -> serde_json::Value {
    let fault = |fault: &Fault| {
        json!({
            "path": fault.path,
            "rule": fault.rule,
            "severity": if fault.is_error() { "error" } else { "warning" },
            "message": fault.message,
        })
    };
    faults.iter().map(fault).collect()
}
