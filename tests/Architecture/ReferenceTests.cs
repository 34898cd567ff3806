using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PhotoGuard.Tests.Architecture;

/// <summary>A reference that the design does not draw fails here. Looked up in the assemblies by the types they really use.</summary>
public sealed class ReferenceTests
{
    /// <summary>Which namespaces of ours, and which packages, each assembly may use (docs, the house).</summary>
    private static readonly Dictionary<string, string[]> Drawn = new()
    {
        ["PhotoGuard.Records"] = ["PhotoGuard.Records", "Npgsql", "NpgsqlTypes", "Microsoft.EntityFrameworkCore", "Azure", "OpenTelemetry", "Zxcvbn", "OtpNet"],
        ["PhotoGuard.Ingest"] = ["PhotoGuard.Ingest", "PhotoGuard.Records", "MetadataExtractor", "Microsoft.EntityFrameworkCore", "Npgsql"],
        ["PhotoGuard.Workers"] =
            ["PhotoGuard.Workers", "PhotoGuard.Ingest", "PhotoGuard.Records", "Quartz", "System.CommandLine", "Microsoft.EntityFrameworkCore", "Npgsql", "MetadataExtractor"],
        ["PhotoGuard.Api"] =
            ["PhotoGuard.Api", "Microsoft.OpenApi", "QRCoder", "PhotoGuard.Ingest.Photos", "PhotoGuard.Ingest.Metadata", "PhotoGuard.Records", "Microsoft.EntityFrameworkCore", "Npgsql", "Microsoft.IdentityModel"],
    };

    /// <summary>The framework itself is open to all; packages outside it are not.</summary>
    private static readonly string[] Framework = ["System", "Microsoft.AspNetCore", "Microsoft.Extensions", "Microsoft.Win32", "Microsoft.CodeAnalysis", "Microsoft.Net"];

    public static TheoryData<string> Assemblies => [.. Drawn.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Uses_only_what_the_design_draws(string assembly)
    {
        var undrawn = UsedNamespaces(assembly).Where(used => !Within(used, Drawn[assembly]) && !Within(used, Framework)).Distinct().Order();
        Assert.Empty(undrawn);
    }

    [Fact]
    public void The_api_never_touches_pixels() =>
        Assert.DoesNotContain(UsedNamespaces("PhotoGuard.Api"), used => Within(used, ["PhotoGuard.Ingest.Pixels"]));

    [Fact]
    public void Quartz_is_reached_from_the_workers_alone()
    {
        foreach (var assembly in Drawn.Keys.Except(["PhotoGuard.Workers"]))
            Assert.DoesNotContain(UsedNamespaces(assembly), used => Within(used, ["Quartz"]));
    }

    [Fact]
    public void No_code_reads_the_machines_clock_directly()
    {
        string[] banned = ["DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow"];
        var found = new[] { "records", "ingest", "workers", "api" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PhotosFolder.ProjectRoot, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj"]).Any())
            .Where(file => banned.Any(File.ReadAllText(file).Contains));
        Assert.Empty(found);
    }

    private static bool Within(string used, string[] roots) =>
        roots.Any(root => used == root || used.StartsWith(root + ".", StringComparison.Ordinal));

    private static List<string> UsedNamespaces(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        using var portable = new PEReader(file);
        var metadata = portable.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(handle => metadata.GetString(metadata.GetTypeReference(handle).Namespace)).Where(name => name.Length > 0).Distinct()];
    }
}
