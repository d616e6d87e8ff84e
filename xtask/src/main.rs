//! What continuous integration does, as a program: `cargo xtask ci` does all of it, `cargo xtask`
//! lists the steps. `cargo xtask record` makes the recordings of the README.

mod readme;
mod record;
mod steps;

use std::{env, process::ExitCode, time::Instant};

use steps::{STEPS, Step};

fn main() -> ExitCode {
    let names: Vec<String> = env::args().skip(1).collect();
    let chosen: Vec<&Step> = match names.as_slice() {
        [] => {
            println!("cargo xtask ci         all steps");
            for step in STEPS {
                println!("cargo xtask {:<10} {}", step.name, step.purpose);
            }
            println!("cargo xtask record     make the recordings of the README anew");
            return ExitCode::SUCCESS;
        }
        [all] if all == "ci" => STEPS.iter().collect(),
        [record] if record == "record" => {
            return match steps::build().and_then(|()| record::write()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => {
                    eprintln!("{failure}");
                    ExitCode::FAILURE
                }
            };
        }
        names => {
            let find = |name: &String| STEPS.iter().find(|step| step.name == name);
            match names.iter().map(find).collect::<Option<Vec<_>>>() {
                Some(steps) => steps,
                None => {
                    eprintln!("unknown step; `cargo xtask` lists them");
                    return ExitCode::from(2);
                }
            }
        }
    };
    for step in chosen {
        println!("\n=== {}: {}", step.name, step.purpose);
        let start = Instant::now();
        if let Err(failure) = (step.run)() {
            eprintln!("\n=== {} failed: {failure}\n=== {}", step.name, step.advice);
            return ExitCode::FAILURE;
        }
        println!("=== {} took {:.0} s", step.name, start.elapsed().as_secs_f64());
    }
    ExitCode::SUCCESS
}
