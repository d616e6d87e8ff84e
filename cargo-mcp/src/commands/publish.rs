//! `cargo mcp registry publish`.

use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use serde_json::Value;

use super::now;
use crate::{
    cli::Publish,
    error::{Error, Result},
    registry::{Api, Credentials, Fault, judge_text},
};

pub(crate) async fn run(arguments: &Publish) -> Result<ExitCode> {
    let path = &arguments.file;
    let registry = &arguments.target.registry;
    let text = fs::read_to_string(path).map_err(|error| Error::of_file(path, &error))?;
    let text = text.trim_start_matches('\u{feff}');
    let faults = judge_text(text);
    let mut out = io::stdout();
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    if faults.iter().any(Fault::is_error) {
        return Err(Error::new(format!("the registry would refuse {}", path.display())));
    }
    let server: Value =
        serde_json::from_str(text).map_err(|error| Error::new(error.to_string()))?;
    let token = Credentials::of_user()?.token(registry, now())?;
    let what = format!("{} {}", text_of(&server["name"]), text_of(&server["version"]));
    if arguments.dry_run {
        writeln!(out, "would publish {what} in {registry}")?;
    } else {
        Api::new(registry.clone())?.publish(&server, &token).await?;
        writeln!(out, "published {what} in {registry}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
