//! Another user of the machine, against a server whose control API has a token: what its proxy and its files give away.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::binary::standin;

/// `nobody`, as most systems number it.
const OTHER_USER: u32 = 65_534;

/// A server that ends with the test.
struct Server(Child, Value);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Server {
    fn start(more: &[&str]) -> Self {
        let always = ["serve", "--port", "0", "-q", "--intercept", "--exit-with-stdin", "--control-token", "TOKEN"];
        let mut command = standin(&[&always[..], more].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self(child, serde_json::from_str(&line).unwrap())
    }

    fn told(&self, key: &str) -> &str {
        self.1[key].as_str().unwrap()
    }
}

/// A command of the other user.
fn other_user(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).uid(OTHER_USER).gid(OTHER_USER).current_dir("/").env_clear().env("PATH", "/usr/bin:/bin");
    command
}

/// Tells whether the test may act as another user; says so where it may not, in the output of a test that passes, too.
fn may_be_another_user() -> bool {
    let tried = other_user("id", &["-u"]).output();
    let is_other = tried.as_ref().is_ok_and(|id| id.stdout == format!("{OTHER_USER}\n").as_bytes());
    if !is_other {
        let why = tried.map_or_else(|error| error.to_string(), |id| String::from_utf8_lossy(&id.stderr).into_owned());
        let _ = writeln!(std::io::stderr(), "second_user: NOT TRIED, this user cannot become another one: {why}");
    }
    is_other
}

/// Runs curl as the other user, and returns the status of the answer and its body.
fn curl(arguments: &[&str]) -> (String, String) {
    let always = ["-s", "-S", "-m", "5", "-w", "\n%{http_code}"];
    let output = other_user("curl", &[&always[..], arguments].concat()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, status) = text.rsplit_once('\n').unwrap_or(("", &text));
    (status.to_owned(), body.to_owned())
}

#[test]
fn another_user_cannot_read_the_files_of_the_authority() {
    if !may_be_another_user() {
        return;
    }
    let server = Server::start(&[]);
    let ca = server.told("ca");
    let folder = ca.rsplit_once('/').unwrap().0;
    assert!(std::fs::read_to_string(ca).unwrap().contains("BEGIN CERTIFICATE"), "this user can");
    for (program, path) in [("cat", ca), ("ls", folder)] {
        let tried = other_user(program, &[path]).output().unwrap();
        assert!(!tried.status.success() && tried.stdout.is_empty(), "{program} {path}");
    }
    let tried = other_user("touch", &[&format!("{folder}/mine")]).output().unwrap();
    assert!(!tried.status.success(), "a file of another user among them");
}

#[test]
fn another_user_reaches_neither_the_control_api_nor_this_machine_by_the_proxy() {
    if !may_be_another_user() {
        return;
    }
    // A service of this machine that answers all who reach it.
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    service.set_nonblocking(true).unwrap();
    let port = service.local_addr().unwrap().port();
    for more in [&[][..], &["--intercept-others", "tunnel"], &["--intercept-others", "tunnel", "--allow-private"]] {
        let server = Server::start(more);
        let (proxy, own_port) = (server.told("proxy"), server.told("url").rsplit_once(':').unwrap().1);
        let (status, _) =
            curl(&["-x", proxy, "http://api.integrator.io/v1/integrations", "-H", "authorization: Bearer any"]);
        assert_eq!(status, "200", "the fake services are for all users");
        for target in ["data", "worlds", "journal", "export", "clock"] {
            let (status, body) = curl(&[&format!("{}/_standin/{target}", server.told("url"))]);
            assert!(status == "401" && !body.contains("records"), "{target}: {status} {body}");
        }
        let hosts = [
            "127.0.0.1",
            "localhost",
            "LOCALHOST.",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[0:0:0:0:0:ffff:7f00:1]",
            "127.0.0.2",
            "ip6-localhost",
        ];
        for host in hosts {
            for (port, way) in [
                (own_port.to_owned(), "-p"),
                (own_port.to_owned(), "-q"),
                (port.to_string(), "-p"),
                (port.to_string(), "-q"),
            ] {
                let arguments = ["--noproxy", "", "-x", proxy, way, &format!("http://{host}:{port}/_standin/worlds")];
                let (status, body) = curl(&arguments);
                let what = format!("{more:?} {host}:{port} {way}: {status} {body}");
                assert!(status != "200" && !body.contains("\"worlds\""), "{what}");
                assert!(service.accept().is_err(), "a service of this machine was reached: {what}");
            }
        }
        // A name that the proxy knows, with the control API's path behind it.
        for url in ["http://ed.link/_standin/worlds", "http://api.integrator.io/_standin/data"] {
            for way in ["-p", "-q"] {
                let (status, body) = curl(&["-x", proxy, way, url]);
                assert!(status != "200" && !body.contains("\"worlds\""), "{url} {way}: {status} {body}");
            }
        }
    }
}
