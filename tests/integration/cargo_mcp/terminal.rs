//! A person at a terminal.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    process::{Child, Command},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open},
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

/// How long the program may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program in a terminal of its own; only its standard output can be elsewhere.
pub(super) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What has been shown and not been looked at.
    shown: String,
}

impl Terminal {
    pub(super) fn start(mut command: Command) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
        let controller = controller.expect("it opens");
        grantpt(&controller).expect("it is granted");
        unlockpt(&controller).expect("it is unlocked");
        let name = ptsname(&controller, Vec::new()).expect("it has a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let end = || File::from(open(&name, flags, Mode::empty()).expect("it opens"));
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("it starts");
        drop(command);
        let keyboard = File::from(controller);
        let mut read = keyboard.try_clone().expect("it can be had twice");
        let (sender, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = read.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, screen, shown: String::new() }
    }

    /// Waits until the program shows `text`, and looks at nothing before it again.
    #[track_caller]
    pub(super) fn sees(&mut self, text: &str) {
        loop {
            if let Some(at) = self.shown.find(text) {
                self.shown.drain(..at + text.len());
                return;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.shown += &String::from_utf8_lossy(&bytes),
                Err(_) => panic!("no `{text}` in: {}", self.shown),
            }
        }
    }

    pub(super) fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("the program lives");
    }

    /// Presses Ctrl-C.
    pub(super) fn interrupts(&self) {
        let pid = self.child.id().try_into().ok().and_then(Pid::from_raw).expect("it runs");
        kill_process(pid, Signal::INT).expect("it runs");
    }

    /// The code that the program exits with.
    pub(super) fn code(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}
