//! `cargo mcp new`.

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    cli::New,
    error::{Error, Result},
    template::Content,
};

pub(crate) fn run(arguments: &New) -> Result<ExitCode> {
    let folder = &arguments.path;
    // Cargo checks the name, enters the package in a workspace, and starts a repository.
    let made = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["new", "--quiet", "--bin", "--edition", "2024"])
        .arg(folder)
        .status()
        .map_err(|error| Error::new(format!("cargo new: {error}")))?;
    if !made.success() {
        return Err(Error::new("`cargo new` failed"));
    }
    let content = arguments.template.content();
    for (path, text) in content.files {
        write(&folder.join(path), text)?;
    }
    let path = folder.join("Cargo.toml");
    let manifest = fs::read_to_string(&path).map_err(|error| Error::of_file(&path, &error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    write(&path, &complete(&manifest, &name, &content, arguments.runtime.as_deref())?)?;
    write(&folder.join("README.md"), &readme(&name, &content))?;
    writeln!(
        io::stdout(),
        "made {}; next:\n  cd {}\n  cargo test\n  cargo mcp inspect",
        folder.display(),
        folder.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The manifest that Cargo has made, with a description, a name in the registry and the
/// dependencies.
fn complete(
    manifest: &str,
    name: &str,
    content: &Content,
    runtime: Option<&Path>,
) -> Result<String> {
    let Content { description, dependencies, features, .. } = content;
    let source = match runtime {
        None => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
        Some(folder) => {
            let whole = fs::canonicalize(folder).map_err(|error| Error::of_file(folder, &error))?;
            format!("path = {:?}", whole.display().to_string())
        }
    };
    let edition = "edition = \"2024\"\n";
    let described = format!("{edition}description = {description:?}\n");
    let registered = format!(
        "\n[package.metadata.mcp]\n\
         # In the MCP registry: `io.github.<you>/{name}`, or your domain the other way round.\n\
         name = \"com.example/{name}\"\n\
         \n[dependencies]"
    );
    let manifest = manifest.replacen(edition, &described, 1);
    let manifest = manifest.replacen("\n[dependencies]", &registered, 1);
    let manifest = manifest.trim_end();
    Ok(format!(
        "{manifest}\n\
         mcp-runtime = {{ {source}, default-features = false, features = {features} }}\n\
         {dependencies}\n\
         \n\
         [dev-dependencies]\n\
         mcp-runtime = {{ {source}, features = [\"testing\"] }}\n\
         serde_json = \"1\"\n"
    ))
}

fn readme(name: &str, content: &Content) -> String {
    format!("# {name}\n\n{}\n", content.description)
}

fn write(path: &Path, text: &str) -> Result {
    fs::write(path, text).map_err(|error| Error::of_file(path, &error))
}
