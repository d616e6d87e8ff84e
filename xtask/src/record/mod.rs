//! The recordings that the README shows: the real programs in a terminal, as pictures that move.
//! `cargo xtask record` makes them, and a step of `ci` compares what they show at their end with
//! what the programs print.

mod svg;
mod terminal;

use std::{fs, process::Command};

use terminal::{Frame, Terminal};

/// What is run, and what is typed meanwhile.
struct Recording {
    file: &'static str,
    columns: u16,
    /// As a person types it.
    command: &'static str,
    /// What is typed, each when the program has shown what is before it.
    typed: &'static [(&'static str, &'static str)],
    /// What is seen on the way and gone at the end.
    on_the_way: &'static [&'static str],
}

const RECORDINGS: [Recording; 3] = [
    Recording {
        file: "cargo-mcp/recordings/inspect.svg",
        columns: 124,
        command: "cargo mcp inspect -- notes",
        typed: &[],
        on_the_way: &[],
    },
    Recording {
        file: "cargo-mcp/recordings/task.svg",
        columns: 80,
        command: "cargo mcp call train_model epochs=8 -- release",
        typed: &[],
        on_the_way: &["% epoch "],
    },
    Recording {
        file: "cargo-mcp/recordings/question.svg",
        columns: 92,
        command: "cargo mcp call book_table date=2026-12-24 party_size=4 -- booking",
        typed: &[
            ("check_alternative (y/n): ", "y"),
            ("[2026-12-26]: ", ""),
            ("seating (1-2): ", "1"),
            ("(y/n) ", "y"),
            ("(y/n) ", "n"),
        ],
        on_the_way: &[],
    },
];

/// Makes the recordings anew.
pub fn write() -> Result<(), String> {
    for recording in &RECORDINGS {
        let frames = recording.run()?;
        let picture = svg::picture(recording.command, recording.columns, &frames);
        fs::write(recording.file, picture)
            .map_err(|error| format!("{}: {error}", recording.file))?;
        println!("{}: {} frames", recording.file, frames.len());
    }
    Ok(())
}

/// Runs the programs again and compares what is on the screen at the end.
pub fn check() -> Result<(), String> {
    let readme = fs::read_to_string("README.md").map_err(|error| format!("README.md: {error}"))?;
    for recording in &RECORDINGS {
        let file = recording.file;
        if !readme.contains(file) {
            return Err(format!("the README does not show {file}"));
        }
        let picture = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let frames = recording.run()?;
        let last = frames.last().ok_or("nothing is on the screen")?;
        if svg::last_screen(&picture) != Some(svg::escaped(&last.screen)) {
            return Err(format!("{file} shows something else than\n{}", last.screen));
        }
        for wanted in recording.on_the_way {
            if !frames.iter().any(|frame| frame.screen.contains(wanted)) {
                return Err(format!("`{}` does not show `{wanted}`", recording.command));
            }
        }
    }
    Ok(())
}

impl Recording {
    fn run(&self) -> Result<Vec<Frame>, String> {
        let programs = std::env::current_dir()
            .map_err(|error| error.to_string())?
            .join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()))
            .join("debug");
        let path = std::env::var("PATH").unwrap_or_default();
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut words = self.command.split(' ');
        let program = words.next().ok_or("there is a program")?;
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(folder.path())
            .env("PATH", format!("{}:{path}", programs.display()))
            .env("TERM", "xterm-256color")
            .env_remove("NOTES_DB");
        let terminal = Terminal::start(command, self.command, self.columns);
        let frames = terminal.and_then(|it| it.watch(self.typed));
        frames.map_err(|error| format!("`{}`: {error}", self.command))
    }
}
