using System.Diagnostics;
using System.Security.Cryptography;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Ingest;

/// <summary>The least that keeping a picture can cost: SHA-256 over it, and writing it to a file that survives a power cut.</summary>
public sealed class Floor(BenchService service, BenchPictures pictures)
{
    private readonly string folder = Directory.CreateDirectory(Path.Combine(service.Settings.Data, "floor")).FullName;

    /// <summary>Keeps so many, one after the other, on the file system of the blob store.</summary>
    /// <returns>Milliseconds of each.</returns>
    public double[] Keep(int count)
    {
        var took = new double[count];
        for (var i = 0; i < count; i++)
        {
            var picture = pictures.Next();
            var started = Stopwatch.GetTimestamp();
            SHA256.HashData(picture.Span);
            var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
            using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, picture.Span, 0);
                RandomAccess.FlushToDisk(file);
            }

            took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            File.Delete(path);
        }

        return took;
    }
}
