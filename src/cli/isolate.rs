//! A network of its own for a command: it has only loopback, and the services' names lead to this server.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

#[cfg(target_os = "linux")]
pub(super) use linux::{enter, mount_files};

/// The addresses to which the services' names lead.
pub(super) const ADDRESSES: [SocketAddr; 2] = [
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 443)),
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80)),
];

#[cfg(not(target_os = "linux"))]
pub fn enter() -> Result<(), crate::cli::exit::Failed> {
    Err(crate::cli::exit::Failed::usage("--isolate needs the namespaces of Linux; --intercept works here too"))
}

#[cfg(not(target_os = "linux"))]
pub fn mount_files(_: &crate::world::entrance::Entrance) -> Result<(), crate::cli::exit::Failed> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fmt::Display;
    use std::fs;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};

    use nix::mount::{MntFlags, MsFlags, mount, umount2};
    use nix::sched::{CloneFlags, unshare};
    use nix::sys::socket::{
        AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket,
    };
    use nix::unistd::{getgid, getuid};

    use crate::cli::exit::{Exit, Failed};
    use crate::world::entrance::Entrance;

    /// The files where systems keep the certificates that they trust.
    const BUNDLES: [&str; 5] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    /// The file in which names are looked up first.
    const HOSTS: &str = "/etc/hosts";

    /// Moves this process, and the commands that it starts, into a network with loopback only. The user stays the same,
    /// and commands get no more rights. Must be called while the process has one thread.
    pub(crate) fn enter() -> Result<(), Failed> {
        let (user, group) = (getuid(), getgid());
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET).map_err(not_allowed)?;
        // An ordinary user may map the group only after this.
        let _ = fs::write("/proc/self/setgroups", "deny");
        fs::write("/proc/self/uid_map", format!("{user} {user} 1")).map_err(not_allowed)?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1")).map_err(not_allowed)?;
        mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
            .map_err(not_allowed)?;
        loopback_up().map_err(not_allowed)
    }

    /// Makes the services' names lead to this server, and its certificates trusted, for this process and its commands
    /// only.
    pub(crate) fn mount_files(entrance: &Entrance) -> Result<(), Failed> {
        let names = entrance.hosts.iter().filter(|host| !host.starts_with('.'));
        let names: Vec<&str> = names.map(String::as_str).collect();
        let hosts = format!("127.0.0.1 localhost\n::1 localhost\n127.0.0.1 {}\n", names.join(" "));
        let file = Path::new(&entrance.folder).join("hosts");
        fs::write(&file, hosts)?;
        cover(Path::new(HOSTS), &file)?;
        let mut covered: Vec<PathBuf> = Vec::new();
        for bundle in BUNDLES {
            // Several names may lead to one file.
            let Ok(file) = fs::canonicalize(bundle) else { continue };
            if !covered.contains(&file) {
                cover(&file, Path::new(&entrance.bundle))?;
                covered.push(file);
            }
        }
        Ok(())
    }

    /// Mounts one file over another.
    fn cover(file: &Path, by: &Path) -> Result<(), Failed> {
        // The mounted file of an earlier server was deleted with its folder, and nothing can be mounted over it.
        if fs::metadata(file)?.nlink() == 0 {
            umount2(file, MntFlags::MNT_DETACH).map_err(not_allowed)?;
        }
        mount(Some(by), file, None::<&str>, MsFlags::MS_BIND, None::<&str>).map_err(not_allowed)
    }

    fn not_allowed(error: impl Display) -> Failed {
        let message = format!(
            "--isolate is not allowed here ({error}): the system lets users make no namespaces of their own. In a container, \
             run it with --security-opt seccomp=unconfined, or --privileged; on Ubuntu, set \
             kernel.apparmor_restrict_unprivileged_userns=0; or use --intercept, which needs none"
        );
        Failed { exit: Exit::Failure, message }
    }

    /// Brings the loopback interface up, by the message that `ip link set lo up` sends.
    fn loopback_up() -> nix::Result<()> {
        const NEW_LINK: u16 = 16;
        const REQUEST_AND_ACK: u16 = 1 | 4;
        const UP: u32 = 1;
        // The first interface of a network is its loopback.
        const INDEX: u32 = 1;
        let mut message = Vec::with_capacity(32);
        message.extend(32_u32.to_ne_bytes());
        message.extend(NEW_LINK.to_ne_bytes());
        message.extend(REQUEST_AND_ACK.to_ne_bytes());
        // The kernel fills in sequence number and sender.
        message.extend([0; 8]);
        // Any family and kind of interface.
        message.extend([0; 4]);
        for field in [INDEX, UP, UP] {
            message.extend(field.to_ne_bytes());
        }
        let socket = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
        sendto(socket.as_raw_fd(), &message, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
        let mut answer = [0; 64];
        let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty())?;
        let code = answer.get(16..20).filter(|_| length >= 20).and_then(|code| code.try_into().ok());
        match code.map(i32::from_ne_bytes) {
            Some(0) => Ok(()),
            Some(code) => Err(nix::Error::from_raw(-code)),
            None => Err(nix::Error::EBADMSG),
        }
    }
}
