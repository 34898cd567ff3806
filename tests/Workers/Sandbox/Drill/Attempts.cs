namespace PhotoGuard.Tests.Workers.Sandbox.Drill;

/// <summary>Something that a decoder that was taken over would try.</summary>
/// <param name="Name">As docs/threat-model.md lists it.</param>
/// <param name="Perl">See <see cref="HostilePerl.Program"/>.</param>
/// <param name="Outside">Whether it succeeds without the sandbox, which shows that the attempt is a real one.</param>
internal sealed record Attempt(string Name, string Perl, bool Outside = false);

/// <summary>Everything that is tried and must be refused. What is ended by a limit instead stands in the tests.</summary>
internal static class Attempts
{
    public static readonly Attempt[] All =
    [
        // Network.
        new("TCP to a port of this machine", """
            socket(my $s, PF_INET, SOCK_STREAM, 0) or return; connect($s, sockaddr_in($t{tcp}, inet_aton('127.0.0.1'))) and 'connected'
            """, Outside: true),
        new("TCP over IPv6", "socket(my $s, PF_INET6, SOCK_STREAM, 0) and 'a socket'", Outside: true),
        new("TCP to an address outside", """
            socket(my $s, PF_INET, SOCK_STREAM, 0) or return; connect($s, sockaddr_in(443, inet_aton('192.0.2.1'))) and 'connected'
            """),
        new("UDP to a port of this machine", """
            socket(my $s, PF_INET, SOCK_DGRAM, 0) or return; send($s, 'x', 0, sockaddr_in($t{udp}, inet_aton('127.0.0.1'))) and 'sent'
            """, Outside: true),
        new("looking up a name", "gethostbyname('localhost') ? 'an address' : do { $! = Errno::EPERM(); undef }", Outside: true),
        new("a Unix socket in the data folder", """
            socket(my $s, PF_UNIX, SOCK_STREAM, 0) or return; connect($s, sockaddr_un($t{socket})) and 'connected'
            """, Outside: true),
        new("an abstract Unix socket", """
            socket(my $s, PF_UNIX, SOCK_STREAM, 0) or return; connect($s, pack('S a*', AF_UNIX, "\0$t{abstract}")) and 'connected'
            """, Outside: true),
        new("a pair of sockets", "socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) and 'a pair'", Outside: true),
        new("raw, packet and netlink sockets", "for ([2, 3, 1], [17, 3, 0], [16, 3, 0], [40, 1, 0], [38, 5, 0]) { socket(my $s, $$_[0], $$_[1], $$_[2]) and return \"family $$_[0]\" } return"),

        // Files.
        new("reading the data folder", "open(my $f, '<', $t{secret}) or return; <$f>", Outside: true),
        new("reading the clone outside the program's folder", "open(my $f, '<', \"$t{clone}/README.md\") and 'read'", Outside: true),
        new("reading accounts and homes", """
            for (qw(/etc/passwd /etc/shadow /etc/hostname /etc/resolv.conf /etc/ssl/private)) { return $_ if open(my $f, '<', $_) && -r _ }
            for (qw(/root /home /tmp /var /run /srv /opt /mnt /boot /sys)) { return $_ if opendir(my $d, $_) } return
            """, Outside: true),
        new("reading round about, through /proc", """
            for my $p (glob '/proc/[0-9]*') { for my $l ('root', 'cwd') {
                return "$p/$l" if open(my $f, '<', "$p/$l$t{secret}") } }
            open(my $f, '<', "/proc/self/root/../../..$t{secret}") and 'read'
            """, Outside: true),
        new("running a program of the machine", """
            for (qw(/bin/sh /usr/bin/sh /usr/bin/env /usr/bin/bash /usr/bin/su /usr/bin/python3)) { return $_ if -e $_ } return
            """, Outside: true),
        new("writing anywhere", """
            for my $d ('/', '/usr', '/usr/lib', '/etc', '/etc/alternatives', '/proc', '/dev', '/dev/shm', '/tmp', '/var/tmp', '/run', $t{app}, $t{dotnet}) {
                return $d if open(my $f, '>', "$d/drill-$$") or mkdir("$d/drill-$$-d") or symlink('/etc/passwd', "$d/drill-$$-s") or link("$t{app}/$t{dll}", "$d/drill-$$-l") } return
            """),
        new("changing the program", """
            my $f = "$t{app}/$t{dll}"; for my $how ('+<', '>>', '>') { return $how if open(my $h, $how, $f) }
            return 'changed' if rename($f, "$f.x") or unlink($f) or chmod(0777, $f) or utime(1, 1, $f) or truncate($f, 1); return
            """),
        new("changing what is under /proc and the devices", """
            for (qw(/proc/self/oom_score_adj /proc/self/mem /proc/self/comm /proc/self/uid_map /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sysrq-trigger)) { return $_ if open(my $f, '+<', $_) }
            chmod(0600, '/dev/null') and 'mode of a device'
            """, Outside: true),
        new("devices", """
            for (qw(/dev/mem /dev/kmsg /dev/kvm /dev/fuse /dev/vda /dev/sda /dev/tty /dev/ptmx /dev/pts/ptmx /dev/zero /dev/full /dev/loop-control)) { return $_ if open(my $f, '+<', $_) } return
            """, Outside: true),
        new("making a device", "tries('mknodat', -100, '/drill', 0020666, 0x0101) // tries('mknodat', -100, '/dev/drill', 0060666, 0xfd00)"),
        new("mounting", """
            my ($none, $tmp, $at, $here) = ('none', 'tmpfs', '/proc', '/');
            for (['mount', $none, $at, $tmp, 0, 0], ['mount', $here, $at, 0, 4096, 0], ['mount', 0, $here, 0, 0x1000 | 32, 0], ['umount2', $at, 2], ['pivot_root', $here, $here], ['open_tree', -100, $here, 1], ['fsopen', $tmp, 0]) {
                my ($name, @a) = @$_; my $got = tries($name, map { my $x = $_; $x } @a); return $got if $got } return
            """),
        new("another root", "chroot('/proc') and 'chroot'", Outside: true),
        new("opening by handle", """
            my $h = pack('I i', 128, 0) . ("\0" x 128); my $m = pack 'i', 0; my $p = '/';
            tries('name_to_handle_at', -100, $p, $h, $m, 0) // tries('open_by_handle_at', 3, $h, 0)
            """),
        new("descriptors left open", """
            opendir(my $d, '/proc/self/fd') or return; for (readdir $d) { next unless /^\d+$/ and $_ > 2 and $_ != fileno $d; my $l = readlink "/proc/self/fd/$_"; return "$_ is $l" if defined $l and $l !~ m{^pipe:} or -p "/proc/self/fd/$_" }
            $! = Errno::ENOENT(); undef
            """),
        new("a mount that can be written or gives rights", """
            open(my $f, '<', '/proc/self/mountinfo') or return; while (<$f>) { my @m = split; next if $m[4] =~ m{^/dev/(null|urandom)$}; return $m[4] if $m[5] !~ /^ro,/ or $m[5] !~ /nosuid/ } $! = Errno::EROFS(); undef
            """, Outside: true),

        // Secrets and other processes.
        new("the environment", """
            open(my $f, '<', '/proc/self/environ') or return; local $/; my $all = <$f> . join ' ', %ENV; return 'the secret' if $all =~ /\Q$t{word}\E/; $! = Errno::ENOENT(); undef
            """),
        new("environment, memory and files of every process", """
            for my $p (glob '/proc/[0-9]*') { next if $p eq "/proc/$$"; my ($f, $x); local $/;
                for my $w ('environ', 'cmdline') { return "$p/$w" if open($f, '<', "$p/$w") and ($x = <$f> // '') =~ /\Q$t{word}\E/ }
                return "$p/mem" if open($f, '+<', "$p/mem");
                for (glob "$p/fd/*") { my $l = readlink; return "$_ is $l" if defined $l and $l =~ m{^/} and $l !~ m{^/dev/null} } }
            $! = Errno::ENOENT(); undef
            """, Outside: true),
        new("seeing the worker", "for (glob '/proc/[0-9]*') { open(my $f, '<', \"$_/comm\") or next; return $_ if <$f> =~ /dotnet|testhost|worker/i } $! = Errno::ENOENT(); undef", Outside: true),
        new("tracing the parent", """
            my $b = "\0" x 64; my $i = pack 'Q Q', 0, 0;
            for my $p (getppid, $t{pid}) { my $got = tries('ptrace', 16, $p, 0, 0) // tries('ptrace', 0x4206, $p, 0, 0) // tries('process_vm_readv', $p, $i, 1, $i, 1, 0) // tries('process_vm_writev', $p, $i, 1, $i, 1, 0) // tries('kcmp', $$, $p, 2, 0, 0); return $got if $got } return
            """),
        new("a handle on the parent", "for my $p (getppid, $t{pid}) { my $got = tries('pidfd_open', $p, 0) // tries('pidfd_getfd', 3, 1, 0) // tries('pidfd_send_signal', 3, 9, 0, 0); return $got if $got } return", Outside: true),
        new("signals to the parent and to all", "kill(9, getppid) and return 'parent'; kill(9, $t{pid}) and return 'worker'; kill(9, -1) and return 'all'; return"),

        // More processes, memory, rights.
        new("another process", "my $p = fork; if (defined $p) { POSIX::_exit(0) unless $p; return \"process $p\" } return", Outside: true),
        new("another process by the bare call", "my $p = syscall($n{clone}, 17, 0, 0, 0, 0); POSIX::_exit(0) if $p == 0; $p > 0 ? \"process $p\" : undef", Outside: true),
        new("namespaces of its own", """
            for my $w (0x10000000, 0x40000000, 0x00020000, 0x20000000, 0x08000000, 0x04000000, 0x02000000) { my $got = tries('unshare', $w); return $got if $got }
            for (glob '/proc/1/ns/*') { open(my $f, '<', $_) or next; tries('setns', fileno $f, 0) and return "setns $_" } return
            """, Outside: true),
        new("more memory than it may", "tries('mmap', 0, 1 << 30, 3, 0x22, -1, 0)", Outside: false),
        new("tables for a terabyte of nothing", "tries('mmap', 0, 1 << 40, 1, 0x4022, -1, 0)", Outside: false),
        new("memory that no limit counts", """
            my $name = 'x'; tries('memfd_create', $name, 0) // tries('memfd_secret', 0) // tries('shmget', 0, 1 << 30, 01600) // tries('mmap', 0, 1 << 20, 3, 0x21, -1, 0) // tries('mmap', 0, 1 << 20, 3, 0x122, -1, 0) // tries('mmap', 0, 1 << 21, 3, 0x40022, -1, 0)
            """, Outside: true),
        new("larger pipes, and locks", "pipe(my $r, my $w) or return; tries('fcntl', fileno $w, 1031, 1 << 20) // tries('fcntl', fileno $w, 1024, 0) // do { my $l = pack 's s q q i', 1, 0, 0, 1, 0; tries('fcntl', fileno $w, 6, $l) }", Outside: true),
        new("files without number", "my @all; while (@all < 2000) { pipe(my $r, my $w) or return; push @all, $r, $w } scalar @all", Outside: false),
        new("raising its limits", """
            my $l = pack 'Q Q', ~0, ~0; my $z = pack 'Q Q', 1 << 40, 1 << 40; for my $what (1, 2, 4, 6, 7, 9) { my $got = tries('prlimit64', 0, $what, $z, 0) // tries('setrlimit', $what, $l); return "$got for $what" if $got } return
            """),
        new("a higher priority", "my $z = pack 'i', 1; tries('setpriority', 0, 0, -10) // tries('sched_setscheduler', 0, 1, $z)", Outside: true),
        new("becoming root", "my $g = pack 'I', 0; tries('setuid', 0) // tries('setresuid', 0, 0, 0) // tries('setgroups', 1, $g)", Outside: true),
        new("regaining capabilities", """
            my $h = pack 'I i', 0x20080522, 0; my $d = pack 'I6', (~0 & 0xffffffff) x 6; tries('capset', $h, $d) // tries('prctl', 47, 2, 21, 0, 0) // tries('prctl', 8, 1, 0, 0, 0) // tries('prctl', 28, 0, 0, 0, 0) // tries('prctl', 38, 0, 0, 0, 0)
            """),
        new("being traced or dumped", "tries('prctl', 4, 1, 0, 0, 0) // tries('prctl', 0x59616d61, -1, 0, 0, 0) // do { open(my $f, '<', '/proc/self/limits') or return; (grep { /^Max core file size\\s++(?!0\\s+0\\s)/ } <$f>) ? 'a core file' : undef }", Outside: true),
        new("another filter, another personality", "tries('seccomp', 0, 0, 0) // tries('prctl', 22, 1, 0, 0, 0) // tries('personality', 0x0040000)"),
        new("typing into a terminal", "my $c = 'x'; for my $fd (0, 1, 2) { for my $w (0x5412, 0x541c, 0x540e, 0x5423) { my $got = tries('ioctl', $fd, $w, $c); return $got if $got } } return"),
        new("what kernels are attacked through", """
            my $x = "\0" x 256; for (['bpf', 0, $x, 64], ['perf_event_open', $x, 0, -1, -1, 0], ['userfaultfd', 1], ['io_uring_setup', 8, $x], ['add_key', $x, $x, $x, 1, -3], ['keyctl', 0, -3, 1], ['request_key', $x, $x, $x, -3], ['kexec_load', 0, 0, $x, 0], ['finit_module', 0, $x, 0], ['reboot', 0, 0, 0, 0], ['syslog', 10, 0, 0], ['acct', 0]) {
                my ($name, @a) = @$_; my $got = tries($name, map { my $y = $_; $y } @a); return $got if $got } return
            """, Outside: true),
        new("every call that is not on the list", """
            # 335 and 336 on x86-64 are the kernel's own trampolines: it answers everybody else with SIGILL, before any filter.
            my %allowed = map { $_ => 1 } split(/,/, $t{allowed}), $n{mmap} == 9 ? (335, 336) : (); my $tried = 0;
            for my $number (0 .. 600) { next if $allowed{$number}; $! = 0; my $got = syscall($number, -1, -1, -1, -1, -1, -1); $tried++;
                return "call $number" unless $got == -1 and ($!{EPERM} or $!{ENOSYS}) }
            die "$tried calls, each EPERM or ENOSYS\n"
            """),
    ];
}
