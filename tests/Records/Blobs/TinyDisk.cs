using System.Diagnostics;

namespace PhotoGuard.Tests.Records.Blobs;

/// <summary>A real file system of a few MB that can be filled and made read-only.</summary>
public sealed class TinyDisk : IDisposable
{
    private readonly string filler;

    public TinyDisk(int megabytes = 8)
    {
        filler = System.IO.Path.Combine(Path, "filler");
        Directory.CreateDirectory(Path);
        Check("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0777", "tmpfs", Path);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"photoguard-disk-{Guid.NewGuid():N}");

    /// <summary>Null where this user may mount, as root or by sudo.</summary>
    public static string? WhyImpossible { get; } = Try();

    public void MakeReadOnly() => Check("mount", "-o", "remount,ro", Path);

    public void MakeWritable() => Check("mount", "-o", "remount,rw", Path);

    /// <summary>Leaves no room for a page more.</summary>
    public void Fill()
    {
        using var file = new FileStream(filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var some = new byte[4096];
        try
        {
            while (true) file.Write(some);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(filler);

    public void Dispose()
    {
        Check("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static string? Try()
    {
        try
        {
            using var disk = new TinyDisk();
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "this user cannot mount a file system here";
        }
    }

    private static void Check(params string[] line)
    {
        if (Environment.UserName != "root")
            line = ["sudo", "-n", .. line];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(said);
    }
}

/// <summary>A test that needs a <see cref="TinyDisk"/>; counted as skipped where this user cannot mount one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TinyDiskFactAttribute : FactAttribute
{
    public TinyDiskFactAttribute() => Skip = TinyDisk.WhyImpossible;
}
