using System.Runtime.InteropServices;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox.Drill;

/// <summary>
/// A decoder that was taken over: says hello, waits for a picture, and does what it was written for. In Perl, which every Debian has
/// and which reaches every system call; it brings nothing along but itself.
/// </summary>
internal static class HostilePerl
{
    private const string Interpreter = "/usr/bin/perl";

    /// <summary>Numbers of system calls on x86-64 and arm64, for attempts that have no word in Perl.</summary>
    private static readonly (string Name, int Intel, int Arm)[] Numbers =
    [
        ("mmap", 9, 222), ("clone", 56, 220), ("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271),
        ("pidfd_open", 434, 434), ("pidfd_getfd", 438, 438), ("pidfd_send_signal", 424, 424), ("kcmp", 312, 272),
        ("unshare", 272, 97), ("setns", 308, 268), ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41),
        ("open_tree", 428, 428), ("fsopen", 430, 430), ("name_to_handle_at", 303, 264), ("open_by_handle_at", 304, 265),
        ("mknodat", 259, 33), ("memfd_create", 319, 279), ("shmget", 29, 194), ("memfd_secret", 447, 447),
        ("setuid", 105, 146), ("setresuid", 117, 147), ("setgroups", 116, 159), ("capset", 126, 91), ("prctl", 157, 167),
        ("prlimit64", 302, 261), ("setrlimit", 160, 164), ("setpriority", 141, 140), ("sched_setscheduler", 144, 119),
        ("personality", 135, 92), ("seccomp", 317, 277), ("bpf", 321, 280), ("perf_event_open", 298, 241), ("userfaultfd", 323, 282),
        ("io_uring_setup", 425, 425), ("add_key", 248, 217), ("keyctl", 250, 219), ("request_key", 249, 218),
        ("kexec_load", 246, 104), ("finit_module", 313, 273), ("reboot", 169, 142), ("syslog", 103, 116), ("acct", 163, 89),
        ("ioctl", 16, 29), ("fcntl", 72, 25),
    ];

    /// <param name="attempt">Body of a function that returns what it won, or nothing and leaves the reason in <c>$!</c>.</param>
    /// <param name="told">By name, as <c>$t{name}</c>.</param>
    /// <param name="besides">Said instead of the wrong answer that the child otherwise gives; it then waits.</param>
    public static ConfinedProgram Program(string attempt, IEnumerable<KeyValuePair<string, string>> told, string? besides = null)
    {
        var arm = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64;
        var script = $$"""
            use strict; use warnings; use Socket; use POSIX (); use Fcntl; use Errno;
            my %n = ({{string.Join(',', Numbers.Select(call => $"{call.Name}=>{(arm ? call.Arm : call.Intel)}"))}});
            my %t = @ARGV;
            # Backwards on the command line, which is no secret.
            $t{word} = reverse $t{word} // '';
            binmode $_ for *STDIN, *STDOUT; $| = 1;
            sub tries { my ($name, @arguments) = @_; $! = 0; my $got = syscall($n{$name}, @arguments); return $got == -1 ? undef : "$name gave $got" }
            sub say_out { syswrite STDOUT, pack 'H*', $_[0] }
            say_out '{{Convert.ToHexString(DecodeFrames.WriteHello())}}';
            sysread STDIN, my $asked, 3;
            my $won = eval { no warnings; (sub { {{attempt}} })->() };
            my $why = $@ || "$!";
            print STDERR $won ? "SUCCEEDED: $won" : "refused: $why";
            {{besides ?? "say_out '00' x 64;"}}
            1 while sysread STDIN, my $rest, 65536;
            """;
        return new([Interpreter, "-e", script, .. told.SelectMany(pair => (string[])[pair.Key, pair.Value])]) { Reads = [Interpreter] };
    }
}
