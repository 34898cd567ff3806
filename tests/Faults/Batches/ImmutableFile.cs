using System.Diagnostics;

namespace PhotoGuard.Tests.Faults.Batches;

/// <summary>A file that nobody can delete, root included (<c>chattr +i</c>): the call answers EPERM.</summary>
internal static class ImmutableFile
{
    /// <summary>Null where this user may make one and the file system of temporary files takes it.</summary>
    public static string? WhyImpossible { get; } = Try();

    public static void Make(string path) => Run("+i", path);

    public static void Unmake(string path) => Run("-i", path);

    private static string? Try()
    {
        var file = Path.GetTempFileName();
        try
        {
            Make(file);
            Unmake(file);
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "this user cannot make a file immutable here";
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Run(string how, string path)
    {
        using var process = Process.Start(new ProcessStartInfo("chattr", [how, path]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(said);
    }
}

/// <summary>A test that needs an <see cref="ImmutableFile"/>; counted as skipped where this user cannot make one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ImmutableFileFactAttribute : FactAttribute
{
    public ImmutableFileFactAttribute() => Skip = ImmutableFile.WhyImpossible;
}
