//! `cargo mcp new`, against the crates as they are packed.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Place, ran};
use crate::example;

/// The crates that a server depends on.
const CRATES: [&str; 3] = ["mcp-auth", "mcp-runtime-macros", "mcp-runtime"];

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[track_caller]
fn succeed(command: Command) -> String {
    let shown = format!("{command:?}");
    let ran = ran(command);
    assert_eq!(ran.code, Some(0), "{shown}\n{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// Packs the crates and unpacks them again, and lets Cargo take them in the place of releases.
fn provide(place: &Path, target: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pack = cargo();
    pack.args(["package", "--quiet", "--allow-dirty", "--no-verify", "--target-dir"]).arg(target);
    pack.args(CRATES.iter().flat_map(|name| ["--package", name])).current_dir(&root);
    succeed(pack);
    let mut config = String::from("[patch.crates-io]\n");
    for name in CRATES {
        let unpacked = target.join("package").join(format!("{name}-{}", env!("CARGO_PKG_VERSION")));
        let folder = match unpacked.exists() {
            true => unpacked,
            false => unpack(name, target, place),
        };
        config.push_str(&format!("{name} = {{ path = {:?} }}\n", folder.display().to_string()));
    }
    std::fs::create_dir_all(place.join(".cargo")).expect("a folder");
    std::fs::write(place.join(".cargo/config.toml"), config).expect("a file");
}

fn unpack(name: &str, target: &Path, place: &Path) -> PathBuf {
    let folder = target.join("package");
    let packed = std::fs::read_dir(&folder)
        .expect("a folder")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| {
            let file = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
            let version = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            version.is_some_and(|rest| {
                rest.starts_with(|c: char| c.is_ascii_digit()) && rest.ends_with(".crate")
            })
        })
        .unwrap_or_else(|| panic!("{name} is not in {}", folder.display()));
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&packed).current_dir(place);
    succeed(tar);
    place.join(packed.file_stem().expect("a name"))
}

/// One test for all templates: they share what is built.
#[test]
fn a_new_package_passes_its_tests_and_can_be_published() {
    let place = Place::new();
    let target = example::program("notes").with_file_name("cargo-mcp-new");
    provide(place.path(), &target);
    for template in ["stdio", "http", "task", "protected"] {
        let name = format!("demo-{template}");
        let made = place.succeed(&["new", &name, "--template", template]);
        assert!(made.contains(&format!("cd {name}")), "{made}");

        let folder = place.path().join(&name);
        let mut test = cargo();
        test.args(["test", "--quiet"]).current_dir(&folder).env("CARGO_TARGET_DIR", &target);
        test.env_remove("RUSTFLAGS");
        assert!(succeed(test).contains("test result: ok"));

        for step in [&["registry", "init"][..], &["registry", "validate"]] {
            let mut command = place.command(step);
            command.current_dir(&folder);
            succeed(command);
        }
    }
    // One of them stands for all: each is built anew for this.
    let mut check = place.command(&["check", "--strict"]);
    check.current_dir(place.path().join("demo-stdio")).env("CARGO_TARGET_DIR", &target);
    succeed(check);
}

#[test]
fn a_folder_that_is_there_is_left_alone() {
    let place = Place::new();
    place.write("demo/file", "mine");
    assert!(place.fail(&["new", "demo"]).contains("cargo new"));
    assert_eq!(place.read("demo/file"), "mine");
}
