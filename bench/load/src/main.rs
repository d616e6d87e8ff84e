//! Drives the servers of this workspace with the same requests, checks every answer, and prints what each costs.

mod check;
mod compile;
mod drive;
mod http;
mod machine;
mod memory;
mod plan;
mod request;
mod server;
mod startup;
mod table;
mod tasks;

use anyhow::{Context as _, bail};

use crate::{
    drive::Transport,
    machine::Cores,
    memory::Held,
    plan::Plan,
    server::{TARGETS, TASKS, Target, WITH_TOKENS},
    table::{Table, least},
    tasks::Store,
};

const USAGE: &str = "\
usage: load [--quick] [--tasks] [--build] [--only NAME]...

  --quick      a few requests of each kind: a smoke test, whose figures mean little
  --tasks      measure nothing but tasks, which only this framework's server has
  --build      measure what building costs, too; takes minutes
  --only NAME  leave out every server but the floor and those named";

struct Options {
    quick: bool,
    tasks: bool,
    build: bool,
    only: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let Some(options) = options()? else {
        println!("{USAGE}");
        return Ok(());
    };
    let chosen: Vec<usize> = (0..TARGETS.len()).filter(|index| options.includes(*index)).collect();
    let targets: Vec<&Target> = chosen.iter().map(|index| &TARGETS[*index]).collect();
    let plan = if options.quick { Plan::QUICK } else { Plan::FULL };

    let mut table = Table::new(targets.iter().map(|target| target.name).collect());
    let has_ours = targets.iter().any(|target| target.name == TASKS.name);
    let measured = if options.tasks { &[][..] } else { &targets };
    let with_tokens = (has_ours && !options.tasks).then_some(&WITH_TOKENS);
    let of_ours = with_tokens.into_iter().chain(has_ours.then_some(&TASKS));
    for target in measured.iter().copied().chain(of_ours) {
        eprintln!("building {}", target.package);
        target.build()?;
    }
    let mut conditions = vec![machine::describe()?];
    for target in &targets {
        conditions.push(format!("{}: {}", target.name, target.library()?));
    }
    machine::allow_open_files()?;
    let cores = Cores::choose()?;
    let run = Run { plan, targets, cores };
    if has_ours {
        run.tasks(&mut table)?;
    }
    if options.tasks {
        println!("{}\n\n{table}", conditions.join("; "));
        return Ok(());
    }
    run.requests(&mut table)?;
    run.memory(&mut table)?;
    run.startup(&mut table)?;
    if options.build {
        run.cores.leave()?;
        compile::measure(&mut table, &chosen)?;
    }
    println!("{}\n\n{table}", conditions.join("; "));
    Ok(())
}

/// What was asked for; `None` for help.
fn options() -> anyhow::Result<Option<Options>> {
    let mut options = Options { quick: false, tasks: false, build: false, only: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => options.quick = true,
            "--tasks" => options.tasks = true,
            "--build" => options.build = true,
            "--only" => {
                let name = arguments.next().context("--only needs a name")?;
                if !TARGETS.iter().any(|target| target.name == name) {
                    bail!("no server is called {name}");
                }
                options.only.push(name);
            }
            "--help" | "-h" => return Ok(None),
            other => bail!("unknown argument {other}\n\n{USAGE}"),
        }
    }
    Ok(Some(options))
}

impl Options {
    fn includes(&self, index: usize) -> bool {
        let named = |name: &String| name == TARGETS[index].name;
        index == 0 || self.only.is_empty() || self.only.iter().any(named)
    }
}

struct Run {
    plan: Plan,
    targets: Vec<&'static Target>,
    cores: Cores,
}

impl Run {
    fn requests(&self, table: &mut Table) -> anyhow::Result<()> {
        for cell in self.plan.cells() {
            let what = plan::label(&cell);
            eprintln!("{what}");
            // The servers take turns, so that a disturbance from outside meets all of them.
            let mut samples: Vec<Vec<_>> = self.targets.iter().map(|_| Vec::new()).collect();
            for _ in 0..self.plan.rounds {
                for (target, samples) in self.targets.iter().zip(&mut samples) {
                    let over_stdio = matches!(cell.transport, Transport::Stdio(_));
                    if (over_stdio && !target.stdio) || (cell.work.is_own() && !target.asks) {
                        continue;
                    }
                    let measured = if cell.work.needs_token() { &WITH_TOKENS } else { target };
                    let sample = cell.measure(measured, &self.cores);
                    samples.push(sample.with_context(|| format!("{}: {what}", target.name))?);
                }
            }
            let column = |figure: fn(&drive::Sample) -> f64| -> Vec<Option<f64>> {
                let samples = samples.iter();
                samples.map(|of| least(of.iter().map(figure))).collect()
            };
            table.row(what.as_str(), "us CPU", column(|sample| sample.cpu));
            if matches!(cell.transport, Transport::Http(1) | Transport::Stdio(1)) {
                table.row(what.as_str(), "us round trip", column(|sample| sample.wall));
            }
        }
        Ok(())
    }

    fn tasks(&self, table: &mut Table) -> anyhow::Result<()> {
        let mut row = |what: String, unit, figure| {
            let of = |target: &&Target| (target.name == TASKS.name).then_some(figure);
            table.row(what, unit, self.targets.iter().map(of).collect());
        };
        let count = self.plan.tasks;
        for store in Store::available() {
            let place = store.label();
            eprintln!("tasks {place}");
            for kept in [0, 10 * count] {
                let rounds = if kept == 0 { self.plan.rounds } else { 1 };
                let sample = tasks::to_the_end(store, &self.cores, count, kept, rounds)?;
                let beside = if kept > 0 { format!(" beside {kept} kept") } else { String::new() };
                let what = format!("{count} tasks to their ends{beside}, {place}");
                row(what.clone(), "tasks/s", sample.per_second);
                row(what.clone(), "us CPU", sample.cpu);
                if let Some(cpu) = sample.redis_cpu {
                    row(what, "us CPU of Redis", cpu);
                }
            }
            let latency = tasks::latency(store, &self.cores, count.min(500))?;
            row(format!("end of a task to its waiting client, {place}"), "us median", latency);
            let idle = tasks::idle(store, &self.cores, count)?;
            row(format!("at rest with {count} tasks, {place}"), "ms CPU a second", idle);
        }
        Ok(())
    }

    fn memory(&self, table: &mut Table) -> anyhow::Result<()> {
        eprintln!("memory");
        let idle_http = self.each(|target| memory::idle_http(target, &self.cores))?;
        table.row("memory at rest, HTTP", "KiB", idle_http);
        let idle_stdio = self.each_over_stdio(|target| memory::idle_stdio(target, &self.cores))?;
        table.row("memory at rest, stdio", "KiB", idle_stdio);
        for (held, name) in Held::ALL {
            let count = self.plan.held;
            let figures = self.each(|target| memory::of_each(held, target, &self.cores, count))?;
            table.row(format!("memory of {name}, of {count}"), "KiB", figures);
        }
        Ok(())
    }

    fn startup(&self, table: &mut Table) -> anyhow::Result<()> {
        eprintln!("start-up");
        let figures = self.each_over_stdio(|target| {
            let starts = (0..self.plan.starts).map(|_| startup::first_answer(target, &self.cores));
            least(starts.collect::<Result<Vec<_>, _>>()?).context("no start was measured")
        })?;
        table.row("start to the first answer, stdio", "ms", figures);
        Ok(())
    }

    fn each(
        &self,
        figure: impl Fn(&Target) -> anyhow::Result<f64>,
    ) -> anyhow::Result<Vec<Option<f64>>> {
        self.each_that(|_| true, figure)
    }

    fn each_over_stdio(
        &self,
        figure: impl Fn(&Target) -> anyhow::Result<f64>,
    ) -> anyhow::Result<Vec<Option<f64>>> {
        self.each_that(|target| target.stdio, figure)
    }

    fn each_that(
        &self,
        has_figure: impl Fn(&Target) -> bool,
        figure: impl Fn(&Target) -> anyhow::Result<f64>,
    ) -> anyhow::Result<Vec<Option<f64>>> {
        let figures = self.targets.iter().map(|target| {
            let figure = has_figure(target).then(|| figure(target)).transpose();
            figure.with_context(|| target.name.to_owned())
        });
        figures.collect()
    }
}
