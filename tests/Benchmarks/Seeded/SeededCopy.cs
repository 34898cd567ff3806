using System.Diagnostics;
using PhotoGuard.Tests;
using PhotoGuard.Tests.Seeded;

namespace PhotoGuard.Benchmarks.Seeded;

/// <summary>
/// A copy of the tree as it lies there, changes that nobody has committed included, in a folder of its own: bugs are put into it, never into
/// the tree. It goes with the measurement, however that ends.
/// </summary>
public sealed class SeededCopy : IAsyncDisposable
{
    private static readonly string[] Build = ["build", "-v", "quiet", "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false"];

    /// <summary>The product's projects, whoever uses another behind it.</summary>
    private static readonly string[] Projects = ["records", "ingest", "workers", "api"];

    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-seeded-").FullName;
    private readonly TiedProcess end;

    private SeededCopy() => end = TiedProcess.AtTheEnd("rm -rf \"$1\"", folder);

    private string Tree => Path.Combine(folder, "tree");

    /// <summary>Copies what git does not ignore.</summary>
    public static async Task<SeededCopy> MakeAsync(string root)
    {
        var copy = new SeededCopy();
        var (_, listed) = await RunAsync(root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard");
        foreach (var name in listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(name => File.Exists(Path.Combine(root, name))))
        {
            var target = Path.Combine(copy.Tree, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(root, name), target);
        }
        // The real pictures lie beside the tree.
        var beside = Path.GetFullPath(Path.Combine(root, "..", "shared"));
        if (Directory.Exists(beside)) Directory.CreateSymbolicLink(Path.Combine(copy.folder, "shared"), beside);
        return copy;
    }

    /// <summary>Builds the tests and what they test, without a bug.</summary>
    /// <exception cref="InvalidOperationException">It cannot be built.</exception>
    public async Task BuildAsync()
    {
        var (code, said) = await RunAsync(Tree, "dotnet", [.. Build, Path.Combine("tests", "PhotoGuard.Tests.csproj"), "-p:RestoreLockedMode=true"]);
        if (code != 0) throw new InvalidOperationException($"The copy could not be built: {said}");
        foreach (var project in Projects) File.Copy(Tested(project), Clean(project));
    }

    /// <summary>Puts one bug in, builds, runs its test, and takes the bug out again.</summary>
    public async Task<SeededOutcome> TryAsync(SeededBug bug)
    {
        if (await ApplyAsync(bug) != 0) return SeededOutcome.DoesNotApply;
        var changed = Projects.Where(project => bug.Files.Any(file => file.Split('/')[0] == project)).ToList();
        var outcome = SeededOutcome.DoesNotBuild;
        if (await BuildChangedAsync(changed)) outcome = await OutcomeAsync(bug);
        foreach (var project in changed) File.Copy(Clean(project), Tested(project), overwrite: true);
        return await ApplyAsync(bug, "--reverse") == 0 ? outcome : throw new InvalidOperationException($"{bug.Name} could not be taken out again.");
    }

    /// <summary>Runs the tests of a filter, as they are built.</summary>
    public async Task<TestsSeen> TestAsync(string filter)
    {
        var results = Path.Combine(folder, "results.trx");
        File.Delete(results);
        // A bug after which nothing ends is not caught by waiting: 5 minutes without a test's end are the end of all.
        await RunAsync(Tree, "dotnet", "test", "tests/bin/Debug/net10.0/PhotoGuard.Tests.dll", "--nologo", "--filter", filter, "--results-directory", folder,
            "--logger", "trx;LogFileName=results.trx", "--blame-hang", "--blame-hang-timeout", "5m", "--blame-hang-dump-type", "none");
        return TestsSeen.Read(results);
    }

    public ValueTask DisposeAsync() => end.DisposeAsync();

    private async Task<SeededOutcome> OutcomeAsync(SeededBug bug)
    {
        var seen = await TestAsync(bug.Filter);
        if (seen.Passed.TryGetValue(bug.CaughtBy, out var passed) && !passed) return SeededOutcome.Caught;
        return !seen.Whole ? SeededOutcome.Crashed : seen.Passed.Count == 0 ? SeededOutcome.NoTest : SeededOutcome.Escaped;
    }

    /// <summary>
    /// Only what was changed: no bug changes what others see of a project, so that these need not be built again. Everything anew takes four times as long.
    /// </summary>
    private async Task<bool> BuildChangedAsync(IEnumerable<string> projects)
    {
        foreach (var project in projects)
        {
            if ((await RunAsync(Tree, "dotnet", [.. Build, Path.Combine(project, $"{Name(project)}.csproj"), "--no-restore", "-p:BuildProjectReferences=false"])).Code != 0) return false;
            File.Copy(Path.Combine(Tree, project, "bin", "Debug", "net10.0", $"{Name(project)}.dll"), Tested(project), overwrite: true);
        }
        return true;
    }

    private static string Name(string project) => $"PhotoGuard.{char.ToUpperInvariant(project[0])}{project[1..]}";

    private string Tested(string project) => Path.Combine(Tree, "tests", "bin", "Debug", "net10.0", $"{Name(project)}.dll");

    private string Clean(string project) => Path.Combine(folder, $"{Name(project)}.dll");

    private async Task<int> ApplyAsync(SeededBug bug, params string[] how) => (await RunAsync(Tree, "git", ["apply", .. how, bug.Path])).Code;

    private static async Task<(int Code, string Said)> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(folder), ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_NOSYSTEM"] = "1" },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said + await error);
    }
}
