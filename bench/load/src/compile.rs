//! What building costs: a clean release build, a build after an edit, the crates, and the size of the program.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Instant, SystemTime},
};

use anyhow::{Context as _, ensure};

use crate::{server::MANIFEST, table::Table};

/// What a row of the table is about, and which package stands for each target.
struct Subject {
    what: &'static str,
    packages: &'static [Option<Package>],
}

struct Package {
    manifest: &'static str,
    name: &'static str,
    /// The file that an edit changes.
    source: &'static str,
}

const fn member(name: &'static str, source: &'static str) -> Option<Package> {
    Some(Package { manifest: MANIFEST, name, source })
}

/// In the order of [`crate::server::TARGETS`].
const SUBJECTS: [Subject; 2] = [
    Subject {
        what: "hello server over stdio",
        packages: &[
            member("floor", "floor/src/answer.rs"),
            member("rmcp-hello", "rmcp-hello/src/main.rs"),
            member("ours-hello", "ours-hello/src/main.rs"),
        ],
    },
    Subject {
        what: "the measured HTTP server",
        packages: &[
            member("floor", "floor/src/answer.rs"),
            member("rmcp-server", "rmcp-server/src/main.rs"),
            member("ours", "ours/src/main.rs"),
        ],
    },
];

#[derive(Clone, Copy)]
struct Figures {
    clean: f64,
    again: f64,
    crates: f64,
    size: f64,
}

/// Adds the rows; `chosen` says which targets are in the table.
pub(crate) fn measure(table: &mut Table, chosen: &[usize]) -> anyhow::Result<()> {
    let mut measured = BTreeMap::new();
    for subject in &SUBJECTS {
        let mut figures = Vec::new();
        for index in chosen {
            let Some(package) = subject.packages.get(*index).and_then(Option::as_ref) else {
                figures.push(None);
                continue;
            };
            let known = match measured.entry(package.name) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => *unknown.insert(package.measure()?),
            };
            figures.push(Some(known));
        }
        let what = subject.what;
        let column = |figure: fn(&Figures) -> f64| -> Vec<Option<f64>> {
            let figures = figures.iter();
            figures.map(|of| of.as_ref().map(figure)).collect()
        };
        table.row(format!("clean release build, {what}"), "s", column(|of| of.clean));
        table.row(format!("release build after an edit, {what}"), "s", column(|of| of.again));
        table.row(format!("crates, {what}"), "", column(|of| of.crates));
        table.row(format!("size of the program, {what}"), "KiB", column(|of| of.size));
    }
    Ok(())
}

impl Package {
    fn measure(&self) -> anyhow::Result<Figures> {
        eprintln!("building {}", self.name);
        let fetch = ["fetch", "--quiet", "--manifest-path", self.manifest];
        let fetched = Command::new(env!("CARGO")).args(fetch).status()?;
        ensure!(fetched.success(), "cargo fetch failed");
        let directory = Scratch::new(self.name)?;
        let clean = self.build(&directory.0)?;
        let root = Path::new(self.manifest).parent().context("a manifest in no folder")?;
        let source = root.join(self.source);
        File::options()
            .append(true)
            .open(&source)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .with_context(|| format!("touching {}", source.display()))?;
        let again = self.build(&directory.0)?;
        let program = directory.0.join("release").join(self.name);
        Ok(Figures {
            clean,
            again,
            crates: self.crates()? as f64,
            size: fs::metadata(program)?.len() as f64 / 1024.0,
        })
    }

    /// Builds and returns the seconds it took.
    fn build(&self, directory: &Path) -> anyhow::Result<f64> {
        let started = Instant::now();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--offline"])
            .args(["--manifest-path", self.manifest, "--package", self.name])
            .arg("--target-dir")
            .arg(directory)
            .status()
            .context("running cargo")?;
        ensure!(status.success(), "{} does not build", self.name);
        Ok(started.elapsed().as_secs_f64())
    }

    /// How many crates are compiled, the package and those that only its build needs included.
    fn crates(&self) -> anyhow::Result<usize> {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--prefix", "none", "--format", "{p}"])
            .args(["--edges", "normal,build", "--manifest-path", self.manifest])
            .args(["--package", self.name])
            .stderr(Stdio::inherit())
            .output()
            .context("running cargo tree")?;
        ensure!(output.status.success(), "cargo tree failed");
        let tree = String::from_utf8(output.stdout).context("cargo tree")?;
        let crates = tree.lines().map(|line| line.trim_end_matches(" (*)"));
        Ok(crates.collect::<BTreeSet<_>>().len())
    }
}

/// A target directory that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> anyhow::Result<Self> {
        let directory = format!("bench-build-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(directory);
        fs::create_dir(&directory).with_context(|| format!("creating {}", directory.display()))?;
        Ok(Self(directory))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} stays behind: {error}", self.0.display());
        }
    }
}
