//! `cargo mcp registry status`.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use serde_json::{Value, json};

use super::now;
use crate::{
    cli::StatusArguments,
    error::{Error, Result},
    registry::{Api, Credentials, Status, VersionStatus},
    table::Table,
};

pub(crate) async fn run(arguments: &StatusArguments) -> Result<ExitCode> {
    let registry = &arguments.target.registry;
    let api = Api::new(registry.clone())?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => name_here()?,
    };
    if let Some(status) = arguments.set {
        let version = arguments.version.as_deref();
        if version.is_none() && !arguments.all_versions {
            return Err(Error::new("`--set` goes with `--version` or `--all-versions`"));
        }
        let token = Credentials::of_user()?.token(registry, now())?;
        let message = arguments.message.as_deref();
        api.set_status(&name, version, status, message, &token).await?;
    }
    let versions = api.versions(&name).await?;
    let mut out = io::stdout();
    if arguments.json {
        writeln!(out, "{:#}", json!({ "name": name, "versions": versions }))?;
    } else {
        writeln!(out, "{name}\n{}", table(&versions))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(versions: &[VersionStatus]) -> Table {
    let mut table = Table::new(["VERSION", "STATUS", "PUBLISHED", ""]);
    for version in versions {
        let status = match version.status {
            Status::Active => "active",
            Status::Deprecated => "deprecated",
            Status::Deleted => "deleted",
        };
        let latest = version.is_latest.then_some("latest");
        let remark = [latest, version.status_message.as_deref()];
        let remark: Vec<&str> = remark.into_iter().flatten().collect();
        table.row([&version.version, status, &version.published_at, &remark.join("; ")]);
    }
    table
}

/// The name of the server that is described here.
fn name_here() -> Result<String> {
    let path = Path::new("server.json");
    let text = fs::read_to_string(path).map_err(|error| Error::of_file(path, &error))?;
    let document: Value =
        serde_json::from_str(&text).map_err(|error| Error::new(error.to_string()))?;
    let name = document["name"].as_str().map(str::to_owned);
    name.ok_or_else(|| Error::new("the server.json here has no name; give one"))
}
