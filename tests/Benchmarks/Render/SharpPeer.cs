using System.Diagnostics;
using System.Text.Json;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Render;

/// <summary>sharp in a Node.js of its own that stays, so that its start is not measured.</summary>
internal sealed class SharpPeer : IDisposable
{
    private readonly Process process;

    private SharpPeer(string folder) =>
        process = Process.Start(new ProcessStartInfo("node", ["pair.mjs"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Null where it could not be installed.</summary>
    internal static SharpPeer? Start()
    {
        var folder = Path.Combine(ProductProcess.Root(), "tests", "Benchmarks", "sharp");
        return Directory.Exists(Path.Combine(folder, "node_modules", "sharp")) && Scrub.Programs.Has("node") ? new(folder) : null;
    }

    /// <summary>Two ways of using it; what is compared with is the cheaper one.</summary>
    internal IEnumerable<Peer> Peers => [Way("clones"), Way("pixels")];

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private Peer Way(string way) => new($"sharp {way}", async (_, path) =>
    {
        await process.StandardInput.WriteLineAsync($"{way} {path}");
        await process.StandardInput.FlushAsync();
        var told = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("sharp gave up.");
        var took = JsonDocument.Parse(told).RootElement;
        return (took.GetProperty("cpuMs").GetDouble(), took.GetProperty("wallMs").GetDouble(), Spent.Peak(process.Id));
    });
}
