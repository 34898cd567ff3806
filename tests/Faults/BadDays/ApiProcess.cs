using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PhotoGuard.Api;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>The api as script/run starts it, in a process of its own that can be traced and killed.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private readonly TiedProcess tied;
    private readonly Process process;

    private ApiProcess(TiedProcess tied, Process process, Uri address) => (this.tied, this.process, Address) = (tied, process, address);

    public Uri Address { get; }

    public int Id => process.Id;

    public static async Task<ApiProcess> StartAsync(PhotoGuardSettings settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        string[] line =
        [
            "env", $"PHOTOGUARD_DATABASE={settings.Database}", $"PHOTOGUARD_KEYS={settings.Keys}", $"PHOTOGUARD_DATA={settings.Data}",
            $"PHOTOGUARD_ROOT_KEY={settings.RootKey}", $"PHOTOGUARD_BLOBS={settings.Blobs}", $"PHOTOGUARD_NODE={settings.Node}",
            $"ASPNETCORE_URLS={address}", $"ASPNETCORE_CONTENTROOT={Path.Combine(PhotosFolder.ProjectRoot, "api")}",
            "dotnet", typeof(Wiring).Assembly.Location,
        ];
        // Says its number, then becomes the program; nobody reads what it logs.
        var tied = TiedProcess.Start("sh", ["-c", "echo $$; exec \"$@\" > /dev/null 2>&1", "sh", .. line]);
        var api = new ApiProcess(tied, Process.GetProcessById(int.Parse((await tied.Output.ReadLineAsync())!, CultureInfo.InvariantCulture)), address);
        using var http = new HttpClient();
        await Eventually.IsAsync("the api is ready", async () =>
        {
            Assert.False(api.process.HasExited, "It ended.");
            try
            {
                return (await http.GetAsync(new Uri(address, "/readyz"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return api;
    }

    public Task EndedAsync() => process.WaitForExitAsync();

    public ValueTask DisposeAsync()
    {
        process.Dispose();
        return tied.DisposeAsync();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
