using System.Buffers;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>A file's bytes in a rented buffer; disposing gives the buffer back, after which the bytes must not be touched.</summary>
public sealed class PictureFile : IDisposable
{
    /// <summary>Bytes: a picture of the largest size that is taken is smaller in every kind that cameras and tablets write.</summary>
    public const int MostBytes = 40_000_000;

    private readonly int length;
    private byte[]? rented;

    private PictureFile(byte[] rented, int length) => (this.rented, this.length) = (rented, length);

    /// <summary>The whole file.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public ReadOnlyMemory<byte> Bytes => (rented ?? throw new ObjectDisposedException(nameof(PictureFile))).AsMemory(0, length);

    /// <summary>Reads a file; one that is longer than is taken is not read at all.</summary>
    /// <exception cref="PictureRefused"><c>picture-too-large</c>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PictureFile Read(string path)
    {
        using var file = File.OpenHandle(path);
        var size = RandomAccess.GetLength(file);
        if (size > MostBytes) throw PictureRefused.TooLong();
        var buffer = ArrayPool<byte>.Shared.Rent((int)size);
        try
        {
            var length = 0;
            for (int got; length < size && (got = RandomAccess.Read(file, buffer.AsSpan(length, (int)size - length), length)) > 0;) length += got;
            return new(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Under its name a picture is whole or absent; one that was there is replaced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write)) RandomAccess.Write(file, bytes, 0);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Gives the buffer back; safe to call twice.</summary>
    public void Dispose()
    {
        if (rented is not { } buffer) return;
        rented = null;
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
