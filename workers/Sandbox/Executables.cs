using System.Runtime.InteropServices;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>Where the programs lie that a child is made of.</summary>
internal static class Executables
{
    /// <summary>Folder of this program, which the child sees read-only.</summary>
    public static string AppFolder { get; } = Path.GetDirectoryName(WorkersDll)!;

    /// <summary>Root of the .NET installation this process runs on.</summary>
    public static string DotnetRoot { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>
    /// The workers program as a child. By its assembly, not by Environment.ProcessPath: the same in tests, under <c>dotnet run</c>
    /// and when installed.
    /// </summary>
    public static ConfinedProgram DecodeChild { get; } = new(Path.Combine(DotnetRoot, "dotnet"), "exec", WorkersDll, "decode-child");

    private static string WorkersDll => typeof(Executables).Assembly.Location;

    /// <returns>Full path of a program on PATH or in the usual folders, or null.</returns>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/bin", "/usr/local/bin", "/bin"])
            .Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
