use super::{Command, Host, Transport, parse};

fn parsed(line: &str) -> Result<Command, String> {
    parse(line.split_whitespace().map(Into::into))
}

fn http(host: Host, port: u16, path: &str) -> Result<Command, String> {
    Ok(Command::Serve(Transport::Http { host, port, path: path.to_owned() }))
}

fn named(host: &str) -> Host {
    Host::Named(host.to_owned())
}

#[test]
fn no_arguments_are_standard_input_and_output() {
    assert_eq!(parsed(""), Ok(Command::Serve(Transport::Stdio)));
}

#[test]
fn a_description_can_be_asked_for() {
    assert_eq!(parsed("--describe"), Ok(Command::Describe));
}

#[test]
fn an_address_is_a_host_and_a_port() {
    assert_eq!(parsed("--http 127.0.0.1:8000"), http(named("127.0.0.1"), 8000, "/mcp"));
    assert_eq!(parsed("--http=0.0.0.0:80"), http(named("0.0.0.0"), 80, "/mcp"));
    assert_eq!(parsed("--http localhost:0"), http(named("localhost"), 0, "/mcp"));
    assert_eq!(parsed("--http [::1]:8000"), http(named("::1"), 8000, "/mcp"));
}

#[test]
fn a_port_alone_is_one_of_the_loopback_interface() {
    assert_eq!(parsed("--http 8000"), http(Host::Loopback, 8000, "/mcp"));
    assert_eq!(parsed("--http :8000"), http(Host::Loopback, 8000, "/mcp"));
}

#[test]
fn the_path_can_be_another() {
    assert_eq!(parsed("--path /a/b --http 1"), http(Host::Loopback, 1, "/a/b"));
    assert_eq!(parsed("--http 1 --path /"), http(Host::Loopback, 1, "/"));
}

#[test]
fn what_is_wrong_is_named() {
    for (line, named) in [
        ("--htp 8000", "--htp"),
        ("8000", "8000"),
        ("--http", "--http"),
        ("--http localhost", "localhost"),
        ("--http 65536", "65536"),
        ("--http 127.0.0.1:", "127.0.0.1:"),
        ("--http ::1:8000", "::1:8000"),
        ("--http [::1:8000", "[::1:8000"),
        ("--path /mcp", "--http"),
        ("--http 1 --path mcp", "mcp"),
        ("--http 1 --path /{id}", "/{id}"),
        ("--http 1 --path /a?b", "/a?b"),
    ] {
        let fault =
            parsed(line).map_or_else(|fault| fault, |command| panic!("{line}: {command:?}"));
        assert!(fault.contains(named), "{line}: {fault}");
    }
}

#[test]
fn help_and_version_are_for_asking() {
    for line in ["--help", "-h", "--http 1 -h"] {
        assert_eq!(parsed(line), Ok(Command::Help));
    }
    for line in ["--version", "-V"] {
        assert_eq!(parsed(line), Ok(Command::Version));
    }
}
