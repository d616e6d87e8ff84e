//! The steps of continuous integration, in their order.

use std::process::Command;

use crate::{readme, record};

/// One thing that has to hold.
pub struct Step {
    pub name: &'static str,
    pub purpose: &'static str,
    /// What to do when it fails.
    pub advice: &'static str,
    pub run: fn() -> Result<(), String>,
}

pub const STEPS: &[Step] = &[
    Step {
        name: "setup",
        purpose: "install what the tests need besides Rust",
        advice: "see tests/setup.sh",
        run: setup,
    },
    Step { name: "fmt", purpose: "the code is formatted", advice: "run `cargo fmt`", run: fmt },
    Step {
        name: "clippy",
        purpose: "the code has no warnings",
        advice: "mend them; an exception needs a reason beside it",
        run: || {
            cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-Dwarnings"])
        },
    },
    Step {
        name: "features",
        purpose: "each feature compiles alone",
        advice: "a feature uses something that it does not turn on",
        run: features,
    },
    Step {
        name: "test",
        purpose: "all tests pass",
        advice: "run the failed test alone with `cargo nextest run NAME`",
        run: test,
    },
    Step {
        name: "doctest",
        purpose: "the examples in the documentation run",
        advice: "run `cargo test --doc --all-features`",
        run: || cargo(&["test", "--workspace", "--all-features", "--doc", "--quiet"]),
    },
    Step {
        name: "doc",
        purpose: "the documentation has no warnings",
        advice: "run `cargo doc --no-deps --all-features`",
        run: doc,
    },
    Step {
        name: "readme",
        purpose: "the README says what the examples are",
        advice: "copy the example into the README",
        run: readme::check,
    },
    Step {
        name: "recordings",
        purpose: "the README's recordings show what the programs print",
        advice: "run `cargo xtask record` and look at the pictures",
        run: || build().and_then(|()| record::check()),
    },
    Step {
        name: "bench",
        purpose: "the measured servers give the right answers",
        advice: "run `cargo run --release --manifest-path bench/Cargo.toml -p load -- --quick`",
        run: bench,
    },
    Step {
        name: "package",
        purpose: "the crates can be published",
        advice: "see what `cargo package` misses",
        run: package,
    },
];

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

fn cargo(args: &[&str]) -> Result<(), String> {
    run(Command::new("cargo").args(args))
}

fn setup() -> Result<(), String> {
    let has_nextest = Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|it| it.status.success());
    if !has_nextest {
        cargo(&["install", "--locked", "cargo-nextest"])?;
    }
    run(Command::new("tests/setup.sh").arg("--all"))
}

/// What is no member of the workspace, so that its dependencies stay out of the lock file.
const OTHER_WORKSPACES: [&str; 2] = ["bench/Cargo.toml", "tests/rmcp-client/Cargo.toml"];

fn fmt() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"])?;
    for manifest in OTHER_WORKSPACES {
        cargo(&["fmt", "--all", "--check", "--manifest-path", manifest])?;
    }
    Ok(())
}

fn bench() -> Result<(), String> {
    let load = ["run", "--release", "--quiet", "--manifest-path", "bench/Cargo.toml", "-p", "load"];
    cargo(&[&load[..], &["--", "--quick", "--only", "ours"]].concat())
}

fn features() -> Result<(), String> {
    const FEATURES: [&str; 14] = [
        "",
        "stdio",
        "http",
        "log",
        "redis",
        "sse",
        "skills",
        "auth",
        "testing",
        "testing,http",
        "chrono",
        "time",
        "url",
        "uuid",
    ];
    for feature in FEATURES {
        println!("--- mcp-runtime with `{feature}`");
        cargo(&[
            "check",
            "--quiet",
            "-p",
            "mcp-runtime",
            "--no-default-features",
            "--features",
            feature,
        ])?;
    }
    for feature in ["", "server", "jwt", "introspection", "introspection,jwt", "dpop"] {
        println!("--- mcp-auth with `{feature}`");
        cargo(&[
            "check",
            "--quiet",
            "-p",
            "mcp-auth",
            "--no-default-features",
            "--features",
            feature,
        ])?;
    }
    Ok(())
}

/// Builds the programs, which tests and recordings start.
pub fn build() -> Result<(), String> {
    cargo(&["build", "--workspace", "--bins", "--all-features"])
}

fn test() -> Result<(), String> {
    build()?;
    cargo(&["nextest", "run", "--workspace", "--all-features", "--no-fail-fast"])
}

fn doc() -> Result<(), String> {
    run(Command::new("cargo")
        .args(["doc", "--workspace", "--all-features", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-Dwarnings"))
}

/// Those that are published, in the order in which they need each other.
const PUBLISHED: [&str; 4] = ["mcp-auth", "mcp-runtime-macros", "mcp-runtime", "mcp-runtime-cli"];

fn package() -> Result<(), String> {
    for name in PUBLISHED {
        let listed = Command::new("cargo")
            .args(["package", "--quiet", "--allow-dirty", "--list", "-p", name])
            .output()
            .map_err(|error| format!("cargo package: {error}"))?;
        let files = String::from_utf8_lossy(&listed.stdout);
        for wanted in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
            if !files.lines().any(|file| file == wanted) {
                return Err(format!("the package `{name}` has no {wanted}"));
            }
        }
    }
    let chosen = PUBLISHED.iter().flat_map(|name| ["-p", name]);
    let args = ["package", "--quiet", "--allow-dirty", "--no-verify"];
    cargo(&args.into_iter().chain(chosen).collect::<Vec<_>>())
}
