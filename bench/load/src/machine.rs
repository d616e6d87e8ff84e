//! The machine: what it is, which of its cores run what, and how many files may be open.

use std::{fs, process::Command, thread};

use anyhow::Context as _;
use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    sys::resource::{Resource, getrlimit, setrlimit},
    unistd::Pid,
};

/// What the figures depend on beside the programs.
pub(crate) fn describe() -> anyhow::Result<String> {
    let processor = fs::read_to_string("/proc/cpuinfo")?
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unnamed processor".to_owned(), |(_, name)| name.to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = String::from_utf8(rustc.context("running rustc")?.stdout)?;
    let cores = thread::available_parallelism()?;
    Ok(format!("{processor}, {cores} cores, Linux {}, {}", kernel.trim(), rustc.trim()))
}

/// A thousand connections need as many descriptors, on both sides.
pub(crate) fn allow_open_files() -> anyhow::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("allowing more open files")
}

/// Where the programs run: the server on one core, the load on another if there is one.
pub(crate) struct Cores {
    allowed: CpuSet,
    pub(crate) server: usize,
    pub(crate) load: usize,
}

impl Cores {
    pub(crate) fn choose() -> anyhow::Result<Self> {
        let allowed = sched_getaffinity(Pid::from_raw(0))?;
        let mut cores = (0..CpuSet::count()).filter(|core| allowed.is_set(*core).unwrap_or(false));
        let server = cores.next().context("no core to run on")?;
        let load = cores.next().unwrap_or(server);
        Ok(Self { allowed, server, load })
    }

    /// Runs on every core again.
    pub(crate) fn leave(&self) -> anyhow::Result<()> {
        sched_setaffinity(Pid::from_raw(0), &self.allowed).context("leaving the core")
    }

    pub(crate) fn move_to(&self, core: usize) -> anyhow::Result<()> {
        let mut set = CpuSet::new();
        set.set(core)?;
        sched_setaffinity(Pid::from_raw(0), &set).context("choosing a core")
    }
}
