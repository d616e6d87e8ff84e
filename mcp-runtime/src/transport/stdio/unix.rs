use std::{
    fs::File,
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream as StdUnixStream,
    },
};

use rustix::{
    fs::{FileType, Mode, OFlags, fstat, open},
    io::fcntl_dupfd_cloexec,
    stdio::{dup2_stdin, dup2_stdout, stderr, stdin, stdout},
};
use tokio::net::UnixStream;

use super::{Reader, Writer, reader::ThreadReader};

/// Takes standard input and output away from the rest of the process.
pub(super) fn claim() -> io::Result<(Reader, Writer)> {
    let input = private(stdin())?;
    let output = private(stdout())?;
    dup2_stdin(open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?)?;
    dup2_stdout(stderr())?;
    Ok((reader(input)?, writer(output)?))
}

/// Another descriptor of the same file, which child processes do not inherit.
fn private(fd: impl AsFd) -> io::Result<OwnedFd> {
    const FIRST_AFTER_STANDARD_ERROR: i32 = 3;
    Ok(fcntl_dupfd_cloexec(fd, FIRST_AFTER_STANDARD_ERROR)?)
}

fn reader(input: OwnedFd) -> io::Result<Reader> {
    match FileType::from_raw_mode(fstat(&input)?.st_mode) {
        FileType::Socket => Ok(Box::new(socket(input)?)),
        #[cfg(target_os = "linux")]
        FileType::Fifo if let Ok(reader) = reopened_pipe::reader(&input) => Ok(Box::new(reader)),
        _ => Ok(Box::new(ThreadReader::spawn(File::from(input))?)),
    }
}

fn writer(output: OwnedFd) -> io::Result<Writer> {
    match FileType::from_raw_mode(fstat(&output)?.st_mode) {
        FileType::Socket => Ok(Box::new(socket(output)?)),
        #[cfg(target_os = "linux")]
        FileType::Fifo if let Ok(writer) = reopened_pipe::writer(&output) => Ok(Box::new(writer)),
        _ => Ok(Box::new(tokio::fs::File::from_std(File::from(output)))),
    }
}

/// Programs that run on libuv give their children sockets.
fn socket(fd: OwnedFd) -> io::Result<UnixStream> {
    let socket = StdUnixStream::from(fd);
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

/// Opens a pipe a second time. Other processes can share the first opening, such as the commands
/// of a shell script: they must not find that reading and writing no longer waits.
#[cfg(target_os = "linux")]
mod reopened_pipe {
    use std::{
        io,
        os::fd::{AsRawFd, OwnedFd},
    };

    use tokio::net::unix::pipe::{OpenOptions, Receiver, Sender};

    pub(super) fn reader(fd: &OwnedFd) -> io::Result<Receiver> {
        OpenOptions::new().open_receiver(path(fd))
    }

    pub(super) fn writer(fd: &OwnedFd) -> io::Result<Sender> {
        OpenOptions::new().open_sender(path(fd))
    }

    fn path(fd: &OwnedFd) -> String {
        format!("/proc/self/fd/{}", fd.as_raw_fd())
    }
}
