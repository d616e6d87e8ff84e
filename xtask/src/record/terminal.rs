//! A terminal that remembers what it has shown.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    num::NonZeroU16,
    process::{Child, Command},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

const ROWS: u16 = 40;

/// What comes within this time is one frame.
const FRAME: Duration = Duration::from_millis(40);

/// How long a person thinks before typing.
const THOUGHT: Duration = Duration::from_millis(700);

/// How long a program may show nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is on the screen from a time on.
#[derive(Debug)]
pub struct Frame {
    pub at: Duration,
    pub screen: String,
}

pub struct Terminal {
    child: Child,
    keyboard: File,
    output: Receiver<Vec<u8>>,
    start: Instant,
    emulator: vt100::Parser,
    frames: Vec<Frame>,
    /// What has been shown since something was typed.
    shown: String,
}

impl Terminal {
    /// Starts the command below a prompt with the line that a person has typed.
    pub fn start(mut command: Command, line: &str, columns: u16) -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let controller = openpt(flags)?;
        grantpt(&controller)?;
        unlockpt(&controller)?;
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&controller, size)?;
        let name = ptsname(&controller, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let end = || open(&name, flags, Mode::empty()).map(File::from);
        let child = command.stdin(end()?).stdout(end()?).stderr(end()?).spawn()?;
        let keyboard = File::from(controller);
        let mut screen = keyboard.try_clone()?;
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = screen.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        // The command holds ends of the terminal: it is read to its end when they are closed.
        drop(command);
        let lines = |number| NonZeroU16::new(number).unwrap_or(NonZeroU16::MIN);
        let mut emulator = vt100::Parser::new(lines(ROWS), lines(columns), 0);
        emulator.process(format!("$ {line}\r\n").as_bytes());
        let mut terminal = Self {
            child,
            keyboard,
            output,
            start: Instant::now(),
            emulator,
            frames: Vec::new(),
            shown: String::new(),
        };
        terminal.take_frame(Duration::ZERO);
        Ok(terminal)
    }

    /// Watches until the program ends, and types meanwhile.
    pub fn watch(mut self, typed: &[(&str, &str)]) -> io::Result<Vec<Frame>> {
        for (wanted, line) in typed {
            while !self.shown.contains(wanted) {
                if !self.look()? {
                    return Err(io::Error::other(format!("never shows `{wanted}`")));
                }
            }
            self.shown.clear();
            thread::sleep(THOUGHT);
            self.keyboard.write_all(format!("{line}\n").as_bytes())?;
        }
        while self.look()? {}
        if !self.child.wait()?.success() {
            return Err(io::Error::other("fails"));
        }
        Ok(self.frames)
    }

    /// Takes in what comes next, unless that was all.
    fn look(&mut self) -> io::Result<bool> {
        let mut bytes = match self.output.recv_timeout(PATIENCE) {
            Ok(bytes) => bytes,
            Err(RecvTimeoutError::Disconnected) => return Ok(false),
            Err(RecvTimeoutError::Timeout) => return Err(io::Error::other("shows nothing")),
        };
        let at = self.start.elapsed();
        while let Ok(more) = self.output.recv_timeout(FRAME) {
            bytes.extend(more);
        }
        self.shown += &String::from_utf8_lossy(&bytes);
        self.emulator.process(&bytes);
        self.take_frame(at);
        Ok(true)
    }

    fn take_frame(&mut self, at: Duration) {
        let screen = self.emulator.screen().contents().trim_end().to_owned();
        if self.frames.last().is_none_or(|last| last.screen != screen) {
            self.frames.push(Frame { at, screen });
        }
    }
}
