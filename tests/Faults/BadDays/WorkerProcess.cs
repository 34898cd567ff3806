using System.Diagnostics;
using System.Globalization;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Postgres;
using PhotoGuard.Workers;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>The workers program as script/run starts it, in a process of its own that can be killed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly TiedProcess tied;
    private readonly Process process;

    private WorkerProcess(TiedProcess tied, Process process) => (this.tied, this.process) = (tied, process);

    /// <param name="shift">How far its clock is from the machine's, as libfaketime writes it; null for not at all.</param>
    public static async Task<WorkerProcess> StartAsync(PhotoGuardSettings settings, string? shift = null)
    {
        // Says its number, then becomes the program; nobody reads what it logs.
        string[] line =
        [
            .. shift is null ? ["env"] : TestCluster.Shifted($"FAKETIME={shift}"), $"PHOTOGUARD_DATABASE={settings.Database}", $"PHOTOGUARD_KEYS={settings.Keys}", $"PHOTOGUARD_DATA={settings.Data}",
            $"PHOTOGUARD_ROOT_KEY={settings.RootKey}", $"PHOTOGUARD_BLOBS={settings.Blobs}", $"PHOTOGUARD_NODE={settings.Node}",
            "dotnet", typeof(WorkersHost).Assembly.Location, "work",
        ];
        var tied = TiedProcess.Start("sh", ["-c", "echo $$; exec \"$@\" > /dev/null 2>&1", "sh", .. line]);
        var number = int.Parse((await tied.Output.ReadLineAsync())!, CultureInfo.InvariantCulture);
        return new(tied, Process.GetProcessById(number));
    }

    public int Id => process.Id;

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public ValueTask DisposeAsync()
    {
        process.Dispose();
        return tied.DisposeAsync();
    }
}
