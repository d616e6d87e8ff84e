//! The package of Cargo that is the server.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::{
    cli::Manifest,
    error::{Error, Result},
    registry::Repository,
};

/// Finds the package: the one that is named, that of the folder, or the only one.
///
/// # Errors
///
/// When Cargo cannot tell the packages, or several could be meant.
pub(crate) fn find(manifest: &Manifest) -> Result<Package> {
    let mut command = MetadataCommand::new();
    command.no_deps();
    if let Some(path) = &manifest.manifest_path {
        command.manifest_path(path);
    }
    let metadata = command.exec().map_err(|error| Error::new(error.to_string()))?;
    if let Some(name) = &manifest.package {
        let found = metadata.packages.into_iter().find(|package| *package.name == *name);
        return found.ok_or_else(|| Error::new(format!("there is no package `{name}` here")));
    }
    of_folder(metadata)
}

fn of_folder(mut metadata: Metadata) -> Result<Package> {
    let root = metadata.workspace_default_packages().first().map(|package| package.id.clone());
    let several = metadata.workspace_default_packages().len() > 1;
    match root {
        Some(id) if !several => {
            let place = metadata.packages.iter().position(|package| package.id == id);
            place
                .map(|place| metadata.packages.swap_remove(place))
                .ok_or_else(|| Error::new("there is no package here"))
        }
        Some(_) => Err(Error::new("there are several packages here; name one with `--package`")),
        None => Err(Error::new("there is no package here")),
    }
}

/// Where the source is, if the registry knows the service.
pub(crate) fn repository(package: &Package) -> Option<Repository> {
    let given = package.repository.as_deref()?;
    // Cargo.toml may name a folder in the repository, as a browser shows it.
    let (url, shown) = match given.split_once("/tree/") {
        Some((url, rest)) => {
            let url = url.strip_suffix("/-").unwrap_or(url);
            (url, rest.split_once('/').map(|(_, folder)| folder.to_owned()))
        }
        None => (given, None),
    };
    let url = url.trim_end_matches('/').trim_end_matches(".git");
    let host = url.strip_prefix("https://")?.split('/').next()?;
    let source = host.strip_prefix("www.").unwrap_or(host).strip_suffix(".com")?;
    if !matches!(source, "github" | "gitlab") {
        return None;
    }
    let subfolder = shown.or_else(|| folder_in_repository(package.manifest_path.as_std_path()));
    Some(Repository {
        url: url.to_owned(),
        source: source.to_owned(),
        subfolder: subfolder.map(|folder| folder.trim_end_matches('/').to_owned()),
    })
}

/// The owner of a repository on GitHub, who owns the namespace `io.github.<owner>`.
pub(crate) fn github_owner(repository: &Repository) -> Option<&str> {
    let (_, path) = repository.url.split_once("github.com/")?;
    path.split('/').next()
}

fn folder_in_repository(manifest: &Path) -> Option<String> {
    let folder = manifest.parent()?;
    let root = folder.ancestors().find(|folder| folder.join(".git").exists())?;
    let below = folder.strip_prefix(root).ok()?;
    let parts: Vec<&str> = below.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The README that Cargo packs.
pub(crate) fn readme(package: &Package) -> PathBuf {
    let folder = package.manifest_path.parent().map(|folder| folder.as_std_path());
    let folder = folder.unwrap_or(Path::new("."));
    folder.join(package.readme.as_ref().map_or("README.md", |path| path.as_str()))
}

/// Where Cargo builds the package of this folder.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let metadata = MetadataCommand::new().no_deps().exec();
    let metadata = metadata.map_err(|error| Error::new(error.to_string()))?;
    Ok(metadata.target_directory.into_std_path_buf())
}
