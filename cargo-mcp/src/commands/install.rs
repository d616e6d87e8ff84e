//! `cargo mcp install` and `uninstall`.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use cargo_metadata::Package;

use crate::{
    cli::{Entry, Install, Manifest},
    error::{Error, Result},
    install::{Configuration, Launch, backup},
    manifest, paths,
};

pub(crate) fn run(arguments: &Install) -> Result<ExitCode> {
    let launch = launch(arguments)?;
    let entry = &arguments.entry;
    let (name, path) = (name(entry)?, file(entry)?);
    let found = read(&path)?;
    let before = Configuration {
        text: found.as_deref().unwrap_or_default(),
        servers: entry.client.servers(),
    };
    let after = before
        .with(&name, &entry.client.entry(&launch)?)
        .map_err(|error| Error::new(format!("{} {error}", path.display())))?;
    if after == before.text {
        return told(&format!("{} has `{name}` already", path.display()));
    }
    if entry.dry_run {
        return told(&format!("{} would be:\n{}", path.display(), after.trim_end()));
    }
    if let Some(text) = &found {
        write(&backup(&path), text, &path)?;
    }
    write(&path, &after, &path)?;
    told(&format!("entered `{name}` in {}; restart the client", path.display()))
}

pub(crate) fn undo(entry: &Entry) -> Result<ExitCode> {
    let (name, path) = (name(entry)?, file(entry)?);
    let found = read(&path)?;
    let servers = entry.client.servers();
    let now = Configuration { text: found.as_deref().unwrap_or_default(), servers };
    let wrap = |error: Error| Error::new(format!("{} {error}", path.display()));
    let Some(installed) = now.entry(&name).map_err(wrap)? else {
        return told(&format!("{} has no `{name}`", path.display()));
    };
    // Where nothing else has changed since, the file becomes what it was, to the byte.
    let kept = backup(&path);
    let before = read(&kept)?.filter(|text| {
        let before = Configuration { text, servers };
        before.with(&name, &installed).is_ok_and(|after| after == now.text)
    });
    let after = match &before {
        Some(text) => text.clone(),
        None => now.without(&name).map_err(wrap)?,
    };
    let is_ours = before.is_none() && Configuration { text: &after, servers }.is_bare();
    if entry.dry_run {
        return told(&format!("{} would be:\n{}", path.display(), after.trim_end()));
    }
    if is_ours && !kept.exists() {
        fs::remove_file(&path).map_err(|error| Error::of_file(&path, &error))?;
    } else {
        write(&path, &after, &path)?;
    }
    if before.is_some() {
        fs::remove_file(&kept).map_err(|error| Error::of_file(&kept, &error))?;
    }
    told(&format!("took `{name}` out of {}; restart the client", path.display()))
}

fn name(entry: &Entry) -> Result<String> {
    match &entry.name {
        Some(name) => Ok(name.clone()),
        None => Ok(package()?.name.to_string()),
    }
}

fn package() -> Result<Package> {
    manifest::find(&Manifest { manifest_path: None, package: None }).map_err(|error| {
        Error::new(format!("this is no folder of a package, so name the server: {error}"))
    })
}

/// The file itself, also where it is linked to.
fn file(entry: &Entry) -> Result<PathBuf> {
    let path = match &entry.config {
        Some(path) => path.clone(),
        None => entry.client.file(entry.project)?,
    };
    Ok(fs::canonicalize(&path).unwrap_or(path))
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::of_file(path, &error)),
    }
}

fn write(path: &Path, text: &str, like: &Path) -> Result {
    let permissions = fs::metadata(like).ok().map(|it| it.permissions());
    paths::replace_file(path, text.as_bytes(), permissions)
}

fn launch(arguments: &Install) -> Result<Launch> {
    if let Some(url) = &arguments.url {
        return Ok(Launch::Url(url.clone()));
    }
    let environment = arguments
        .env
        .iter()
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Error::new(format!("`{pair}` is no NAME=VALUE")))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect::<Result<Vec<_>>>()?;
    let (program, rest) = match arguments.command.split_first() {
        Some((program, rest)) => (whole_path(program), rest.to_vec()),
        None => (program_of_package()?, Vec::new()),
    };
    Ok(Launch::Command { program, arguments: rest, environment })
}

/// A client starts programs in folders of its own.
fn whole_path(program: &str) -> String {
    let path = Path::new(program);
    let is_name = path.components().count() == 1 && !program.starts_with('.');
    match fs::canonicalize(path) {
        Ok(path) if !is_name => path.to_string_lossy().into_owned(),
        _ => program.to_owned(),
    }
}

fn program_of_package() -> Result<String> {
    let package = package()?;
    let mut programs = package.targets.iter().filter(|target| target.is_bin());
    let program = match (programs.next(), programs.next()) {
        (Some(program), None) => &program.name,
        (None, _) => return Err(Error::new("the package has no program")),
        (Some(first), Some(_)) => package.default_run.as_ref().unwrap_or(&first.name),
    };
    let file = Path::new(program).with_extension(env::consts::EXE_EXTENSION);
    let installed = env::var_os("CARGO_HOME")
        .map_or_else(|| paths::home().map(|home| home.join(".cargo")), |home| Ok(home.into()))?
        .join("bin")
        .join(&file);
    let target = manifest::target_directory()?;
    let places = [installed, target.join("release").join(&file), target.join("debug").join(&file)];
    let found = places.iter().find(|path| path.exists()).ok_or_else(|| {
        Error::new(format!("`{program}` is not built: run `cargo build --release`"))
    })?;
    Ok(found.to_string_lossy().into_owned())
}

fn told(line: &str) -> Result<ExitCode> {
    writeln!(io::stdout(), "{line}")?;
    Ok(ExitCode::SUCCESS)
}
