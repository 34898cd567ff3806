using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox;

/// <summary>Probes in the decoder's place: what a decoder that was taken over could see and do.</summary>
public class ConfinementTests
{
    [Fact]
    public async Task The_environment_holds_nothing_of_the_parent()
    {
        Environment.SetEnvironmentVariable("PHOTOGUARD_PROBE", "secret");

        var names = (await ProbeAsync("/usr/bin/env")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=')[0]);

        Assert.All(names, name => Assert.True(name is "MALLOC_ARENA_MAX" or "LC_ALL" or "PWD"
            || name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("VIPS_", StringComparison.Ordinal), name));
    }

    [Fact]
    public async Task There_is_no_network_but_a_loopback_of_its_own()
    {
        var devices = (await ProbeAsync("/usr/bin/cat", "/proc/net/dev")).Split('\n').Where(line => line.Contains(':'));

        Assert.StartsWith("lo:", Assert.Single(devices).TrimStart());
    }

    [Fact]
    public async Task The_file_system_is_the_systems_libraries_and_this_program()
    {
        var top = (await ProbeAsync("/usr/bin/ls", "/")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ours = Executables.AppFolder.Split('/')[1];

        Assert.Equal("null\nurandom\n", await ProbeAsync("/usr/bin/ls", "/dev"));
        Assert.Equal(new[] { "dev", "etc", "lib", "lib64", "proc", "usr", ours }.Distinct().Order(), top.Order());
        Assert.Equal("alternatives\nld.so.cache\n", await ProbeAsync("/usr/bin/ls", "/etc"));
    }

    [Theory]
    [InlineData("/probe")]
    [InlineData("/dev/probe")]
    [InlineData("/usr/probe")]
    [InlineData("/proc/self/oom_score_adj")]
    public async Task Nothing_can_be_written(string file) =>
        Assert.Contains("Read-only file system", await ProbeAsync("/usr/bin/touch", file));

    [Fact]
    public async Task There_is_no_privilege_and_no_way_to_gain_one()
    {
        var status = await ProbeAsync("/usr/bin/cat", "/proc/self/status");

        Assert.Contains("Uid:\t65534\t65534\t65534\t65534", status);
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("CapBnd:\t0000000000000000", status);
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.Contains("Seccomp:\t2", status);
    }

    [Theory]
    [InlineData("exec 3<>/dev/tcp/127.0.0.1/80", "Operation not permitted")]
    [InlineData("exec 3<>/dev/udp/127.0.0.1/53", "Operation not permitted")]
    [InlineData("/usr/bin/true & wait", "fork")]
    [InlineData("kill -9 1 && read -t 1 <> /dev/zero; echo still there", "still there")]
    [InlineData("exec /usr/bin/unshare -U /usr/bin/true", "Operation not permitted")]
    public async Task What_a_decoder_never_does_is_refused(string attempt, string answer) =>
        Assert.Contains(answer, await ProbeAsync("/usr/bin/bash", "-c", attempt));

    [Fact]
    public async Task No_process_of_the_machine_can_be_seen()
    {
        var processes = (await ProbeAsync("/usr/bin/ls", "/proc")).Split('\n').Where(name => int.TryParse(name, out _));

        // bubblewrap's own first process, and the probe.
        Assert.Equal(2, processes.Count());
    }

    private static async Task<string> ProbeAsync(params string[] command)
    {
        var bubblewrap = new DecoderSettings().Bubblewrap;
        using var probe = await LastingThread.StartAsync(Confinement.Wrap(bubblewrap, 512 << 20, new(command) { Reads = ["/usr/bin"] }));
        probe.StandardInput.Close();
        var error = probe.StandardError.ReadToEndAsync();
        var output = await probe.StandardOutput.ReadToEndAsync();
        return output + await error;
    }
}
