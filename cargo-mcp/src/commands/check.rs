//! `cargo mcp check`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use super::validate::as_json;
use crate::{
    asking::Asker,
    check::{Rules, check},
    cli::Check,
    client::Client,
    error::Result,
    registry::Fault,
};

pub(crate) async fn run(arguments: &Check) -> Result<ExitCode> {
    let client = Client::connect(&arguments.server, Asker::default()).await?;
    let described = client.describe().await?;
    client.close().await;
    let rules = Rules { style: arguments.style, max_tokens: arguments.max_tokens };
    let findings = check(&described, &rules);
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", as_json(&findings))?;
    } else {
        for finding in &findings {
            writeln!(out, "{finding}")?;
        }
        let errors = findings.iter().filter(|it| it.is_error()).count();
        writeln!(out, "{errors} errors, {} warnings", findings.len() - errors)?;
    }
    let failed = |it: &Fault| arguments.strict || it.is_error();
    Ok(if findings.iter().any(failed) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
