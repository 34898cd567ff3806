using System.Net;
using System.Net.Sockets;
using PhotoGuard.Api;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>A program of the service in a process of its own, as script/run starts it; what it logs goes into a file.</summary>
internal static class ServiceProcess
{
    /// <param name="log">Appended to.</param>
    /// <param name="more">Variables besides those of the settings.</param>
    public static TiedProcess StartApi(PhotoGuardSettings settings, int port, string log, params string[] more) => Start(
        settings, log, Path.Combine(PhotosFolder.ProjectRoot, "api"), [$"ASPNETCORE_URLS=http://127.0.0.1:{port}", .. more], "dotnet", typeof(Wiring).Assembly.Location);

    /// <inheritdoc cref="StartApi"/>
    public static TiedProcess StartWorkers(PhotoGuardSettings settings, string log, params string[] more) => Start(
        settings, log, settings.Data, more, "dotnet", typeof(WorkersHost).Assembly.Location, "work");

    /// <summary>One that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static TiedProcess Start(PhotoGuardSettings settings, string log, string folder, string[] more, params string[] program) => TiedProcess.Start("env",
    [
        "-C", folder, $"PHOTOGUARD_DATABASE={settings.Database}", $"PHOTOGUARD_KEYS={settings.Keys}", $"PHOTOGUARD_DATA={settings.Data}",
        $"PHOTOGUARD_ROOT_KEY={settings.RootKey}", $"PHOTOGUARD_BLOBS={settings.Blobs}", $"PHOTOGUARD_NODE={settings.Node}", $"PHOTOGUARD_LEDGER={settings.Ledger}",
        .. more, "sh", "-c", "log=$1; shift; exec \"$@\" >> \"$log\" 2>&1", "sh", log, .. program,
    ]);
}
