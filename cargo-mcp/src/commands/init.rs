//! `cargo mcp registry init`.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use cargo_metadata::Package as CargoPackage;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{
    cli::Init,
    error::{Error, Result},
    manifest,
    registry::{
        Argument, Fault, Input, Package, Remote, ServerJson, Transport, hex, judge, readme_line,
        readme_names,
    },
};

pub(crate) fn run(arguments: &Init) -> Result<ExitCode> {
    if arguments.output.exists() && !arguments.force {
        let path = arguments.output.display();
        return Err(Error::new(format!("{path} is there already; replace it with `--force`")));
    }
    let package = manifest::find(&arguments.manifest)?;
    let described = if arguments.describe { describe(&package)? } else { Described::default() };
    let server = server_json(arguments, &package, described.server)?;

    let document = serde_json::to_value(&server).map_err(|error| Error::new(error.to_string()))?;
    let errors: Vec<Fault> = judge(&document).into_iter().filter(Fault::is_error).collect();
    if !errors.is_empty() {
        let told: Vec<String> = errors.iter().map(Fault::to_string).collect();
        return Err(Error::new(format!(
            "nothing is written, for the registry would refuse it:\n{}",
            told.join("\n")
        )));
    }
    let mut out = io::stdout().lock();
    write_file(&arguments.output, &format!("{document:#}\n"))?;
    writeln!(out, "wrote {}", arguments.output.display())?;
    if !arguments.no_readme && server.packages.iter().any(|it| it.registry_type == "cargo") {
        let readme = manifest::readme(&package);
        if name_in_readme(&readme, &server)? {
            writeln!(out, "added the line `mcp-name: {}` to {}", server.name, readme.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn server_json(
    arguments: &Init,
    package: &CargoPackage,
    described: DescribedServer,
) -> Result<ServerJson> {
    let repository = manifest::repository(package);
    let metadata = &package.metadata["mcp"];
    let name = arguments
        .name
        .clone()
        .or_else(|| metadata["name"].as_str().map(str::to_owned))
        .or_else(|| {
            let owner = manifest::github_owner(repository.as_ref()?)?;
            Some(format!("io.github.{owner}/{}", package.name))
        })
        .ok_or_else(|| {
            Error::new(
                "the server has no name: give one with `--name`, in `package.metadata.mcp.name` \
                 or by a `repository` on GitHub in Cargo.toml",
            )
        })?;
    let description = arguments
        .description
        .clone()
        .or_else(|| metadata["description"].as_str().map(str::to_owned))
        .or(described.description)
        .or_else(|| package.description.clone())
        .ok_or_else(|| {
            Error::new(
                "the server has no description: give one with `--description` or in Cargo.toml",
            )
        })?;
    let mut server = ServerJson::new(name, description.trim(), package.version.to_string());
    server.title = arguments
        .title
        .clone()
        .or_else(|| metadata["title"].as_str().map(str::to_owned))
        .or(described.title);
    server.website_url = described
        .website_url
        .or_else(|| package.homepage.clone())
        .filter(|url| url.starts_with("https://"));
    server.repository = repository;
    server.packages = packages(arguments, package)?;
    server.remotes = arguments
        .remote
        .iter()
        .map(|url| Remote::StreamableHttp { url: url.clone(), headers: Vec::new() })
        .collect();
    Ok(server)
}

fn packages(arguments: &Init, package: &CargoPackage) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    let elsewhere =
        !arguments.oci.is_empty() || arguments.mcpb.is_some() || !arguments.remote.is_empty();
    if arguments.cargo || !elsewhere {
        let mut cargo = Package::new("cargo", package.name.as_str(), Transport::Stdio);
        cargo.version = Some(package.version.to_string());
        packages.push(cargo);
    }
    for image in &arguments.oci {
        packages.push(Package::new("oci", image, Transport::Stdio));
    }
    if let (Some(url), Some(file)) = (&arguments.mcpb, &arguments.mcpb_file) {
        let bytes = fs::read(file).map_err(|error| Error::of_file(file, &error))?;
        let mut bundle = Package::new("mcpb", url, Transport::Stdio);
        bundle.file_sha256 = Some(hex(&Sha256::digest(&bytes)));
        packages.push(bundle);
    }
    let variables = arguments.env.iter().map(|name| (name, false));
    let variables = variables.chain(arguments.secret.iter().map(|name| (name, true)));
    let variables: Vec<Input> = variables
        .map(|(name, is_secret)| {
            let mut input = Input::new(name);
            input.is_required = true;
            input.is_secret = is_secret;
            input
        })
        .collect();
    for package in &mut packages {
        package.environment_variables.clone_from(&variables);
        package.package_arguments = arguments
            .arguments
            .iter()
            .map(|value| Argument::Positional { value: value.clone() })
            .collect();
    }
    Ok(packages)
}

/// What a server says with `--describe`, as far as `server.json` has a place for it.
#[derive(Default, Deserialize)]
struct Described {
    #[serde(rename = "serverInfo")]
    server: DescribedServer,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribedServer {
    title: Option<String>,
    description: Option<String>,
    website_url: Option<String>,
}

fn describe(package: &CargoPackage) -> Result<Described> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["run", "--quiet", "--manifest-path", package.manifest_path.as_str()])
        .args(["--package", package.name.as_str(), "--", "--describe"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::new(format!("cargo run: {error}")))?;
    if !output.status.success() {
        return Err(Error::new(format!("`cargo run -- --describe` failed: {}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        Error::new(format!("what `--describe` printed is no description: {error}"))
    })
}

/// Adds the line by which the registry knows that the crate is the server's; false where it is.
fn name_in_readme(path: &Path, server: &ServerJson) -> Result<bool> {
    let mut readme = match fs::read_to_string(path) {
        Ok(readme) => readme,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            format!(
                "# {}\n\n{}\n",
                server.title.as_ref().unwrap_or(&server.name),
                server.description
            )
        }
        Err(error) => return Err(Error::of_file(path, &error)),
    };
    if readme_names(&readme, &server.name) {
        return Ok(false);
    }
    if !readme.ends_with('\n') {
        readme.push('\n');
    }
    readme.push_str(&format!("\n{}\n", readme_line(&server.name)));
    write_file(path, &readme)?;
    Ok(true)
}

fn write_file(path: &Path, text: &str) -> Result {
    fs::write(path, text).map_err(|error| Error::of_file(path, &error))
}
