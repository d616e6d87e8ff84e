//! The measured programs: how they are built and started, and what the kernel says of a running one.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use bench_tools::TOOLS_VARIABLE;
use nix::{time::ClockId, unistd::Pid};

use crate::{http::PATIENCE, machine::Cores};

/// A program that serves the measured tools.
pub(crate) struct Target {
    /// What the table calls it.
    pub(crate) name: &'static str,
    /// Its package in this workspace, and the name of its program.
    pub(crate) package: &'static str,
    /// The library it is about.
    library: &'static str,
    /// Whether it serves over stdio.
    pub(crate) stdio: bool,
    /// Whether it asks the user.
    pub(crate) asks: bool,
}

/// The floor comes first: the others are compared with it.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "floor", package: "floor", library: "axum", stdio: true, asks: false },
    Target { name: "rmcp", package: "rmcp-server", library: "rmcp", stdio: true, asks: false },
    Target { name: "ours", package: "ours", library: "mcp-runtime", stdio: true, asks: true },
];

/// What stands for `ours` where callers have a token.
pub(crate) const WITH_TOKENS: Target =
    Target { name: "ours", package: "ours-auth", library: "mcp-runtime", stdio: false, asks: true };

/// The program whose tools run as tasks. No other has such tools over HTTP.
pub(crate) const TASKS: Target = Target {
    name: "ours",
    package: "ours-tasks",
    library: "mcp-runtime",
    stdio: false,
    asks: false,
};

/// The manifest of this workspace.
pub(crate) const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");

impl Target {
    /// Builds the program. Each is built by itself, as features of a shared dependency would be joined otherwise.
    pub(crate) fn build(&self) -> anyhow::Result<()> {
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--manifest-path", MANIFEST])
            .args(["--package", self.package, "--target-dir"])
            .arg(target_directory()?)
            .status()
            .context("running cargo")?;
        ensure!(status.success(), "{} does not build", self.package);
        Ok(())
    }

    /// The library it is about, with its version.
    pub(crate) fn library(&self) -> anyhow::Result<String> {
        let output = Command::new(env!("CARGO"))
            .args(["pkgid", "--manifest-path", MANIFEST, self.library])
            .output()
            .context("running cargo")?;
        let id = String::from_utf8(output.stdout)?;
        let (_, version) = id.trim().rsplit_once(['@', '#']).context("cargo pkgid")?;
        Ok(format!("{} {version}", self.library))
    }

    fn program(&self) -> anyhow::Result<PathBuf> {
        Ok(target_directory()?.join("release").join(self.package))
    }

    /// Starts the program over HTTP and waits until it accepts connections.
    pub(crate) fn start_http(&self, cores: &Cores, tools: usize) -> anyhow::Result<HttpServer> {
        self.start_http_with(cores, tools, &[])
    }

    /// The same with more environment variables.
    pub(crate) fn start_http_with(
        &self,
        cores: &Cores,
        tools: usize,
        environment: &[(&str, &str)],
    ) -> anyhow::Result<HttpServer> {
        let address = free_address()?;
        let mut command = Command::new(self.program()?);
        command.arg("--http").arg(address.to_string()).stdin(Stdio::null()).stdout(Stdio::null());
        command.envs(environment.iter().copied());
        let process = Process::start(command, cores, tools)?;
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(started.elapsed() < PATIENCE, "{} does not listen", self.name);
            thread::sleep(Duration::from_millis(2));
        }
        Ok(HttpServer { process, address })
    }

    /// Starts the program over stdio.
    pub(crate) fn start_stdio(&self, cores: &Cores, tools: usize) -> anyhow::Result<Process> {
        let mut command = Command::new(self.program()?);
        command.arg("--stdio").stdin(Stdio::piped()).stdout(Stdio::piped());
        Process::start(command, cores, tools)
    }
}

fn target_directory() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("where is this program?")?;
    let directory = program.parent().and_then(Path::parent);
    Ok(directory.context("this program is in no target directory")?.to_owned())
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

pub(crate) struct HttpServer {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

/// A running program, ended when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
}

impl Process {
    fn start(mut command: Command, cores: &Cores, tools: usize) -> anyhow::Result<Self> {
        command.env(TOOLS_VARIABLE, tools.to_string());
        // A child runs where the thread that starts it runs.
        cores.move_to(cores.server)?;
        let process = Self::start_here(command);
        cores.move_to(cores.load)?;
        process
    }

    /// Starts a program on the core of the load.
    pub(crate) fn start_here(mut command: Command) -> anyhow::Result<Self> {
        let child = command.spawn();
        let child = child.with_context(|| format!("starting {:?}", command.get_program()))?;
        Ok(Self { child })
    }

    /// The processor time of all its threads so far, those that ended included.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let clock = ClockId::pid_cpu_clock_id(Pid::from_raw(self.child.id().cast_signed()))?;
        Ok(clock.now()?.into())
    }

    /// Resident memory in KiB.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix("kB"))
            .and_then(|size| size.trim().parse().ok())
            .context("no VmRSS in /proc/PID/status")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
