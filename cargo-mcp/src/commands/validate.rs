//! `cargo mcp registry validate`.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use serde_json::{Value, json};

use crate::{
    cli::{Manifest, Validate},
    error::{Error, Result},
    manifest,
    registry::{Fault, judge_text, readme_line, readme_names},
};

pub(crate) fn run(arguments: &Validate) -> Result<ExitCode> {
    let path = &arguments.file;
    let text = fs::read_to_string(path).map_err(|error| Error::of_file(path, &error))?;
    let mut faults = judge_text(&text);
    faults.extend(faults_of_crate(path, &text));
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

/// What the registry will say of the crate beside the file, once it is published.
fn faults_of_crate(path: &Path, text: &str) -> Option<Fault> {
    let document: Value = serde_json::from_str(text).ok()?;
    let manifest_path = path.parent()?.join("Cargo.toml");
    if !manifest_path.exists() {
        return None;
    }
    let package =
        manifest::find(&Manifest { manifest_path: Some(manifest_path), package: None }).ok()?;
    let is_published = document["packages"]
        .as_array()?
        .iter()
        .any(|it| it["registryType"] == "cargo" && it["identifier"] == package.name.as_str());
    let name = document["name"].as_str()?;
    let readme = manifest::readme(&package);
    let shown = fs::read_to_string(&readme).unwrap_or_default();
    (is_published && !readme_names(&shown, name)).then(|| {
        Fault::of_readme(
            readme.display().to_string(),
            format!("has no visible line `{}`; `registry init` adds it", readme_line(name)),
        )
    })
}

pub(super) fn as_json(faults: &[Fault]) -> serde_json::Value {
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
