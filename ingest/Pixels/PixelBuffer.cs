using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>Pixels in memory of our own: rows of red, green and blue, a byte each, without gaps.</summary>
internal sealed unsafe class PixelBuffer : IDisposable
{
    private const int Square = 64;

    /// <exception cref="OutOfMemoryException">There is no room.</exception>
    public PixelBuffer(int width, int height)
    {
        (Width, Height) = (width, height);
        Data = (byte*)NativeMemory.Alloc((nuint)Pitch * (nuint)height);
    }

    public byte* Data { get; private set; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bytes of a row.</summary>
    public int Pitch => Width * 3;

    public long Length => (long)Pitch * Height;

    public Span<byte> Row(int y) => new(Data + (long)y * Pitch, Pitch);

    /// <summary>A copy that stands upright.</summary>
    /// <param name="orientation">1 to 8, as in Exif (CIPA DC-008, 4.6.5.1.6).</param>
    public PixelBuffer Upright(int orientation)
    {
        var lying = orientation >= 5;
        var upright = lying ? new PixelBuffer(Height, Width) : new PixelBuffer(Width, Height);
        // Where the first pixel is found, and how far it is to the one beside it and the one below.
        long right = lying ? Pitch : 3, below = lying ? 3 : Pitch;
        var first = Data;
        if (orientation is 2 or 3 or 6 or 7)
        {
            first += right * (upright.Width - 1);
            right = -right;
        }
        if (orientation is 3 or 4 or 7 or 8)
        {
            first += below * (upright.Height - 1);
            below = -below;
        }

        // In squares that stay in the processor's cache: columns of a whole picture would not.
        for (var top = 0; top < upright.Height; top += Square)
            for (var left = 0; left < upright.Width; left += Square)
                CopySquare(upright, left, top, first, right, below);
        return upright;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopySquare(PixelBuffer to, int left, int top, byte* first, long right, long below)
    {
        for (var y = top; y < Math.Min(top + Square, to.Height); y++)
        {
            byte* from = first + left * right + y * below, pixel = to.Data + (long)y * to.Pitch + left * 3L;
            for (var x = left; x < Math.Min(left + Square, to.Width); x++, from += right, pixel += 3)
                (pixel[0], pixel[1], pixel[2]) = (from[0], from[1], from[2]);
        }
    }

    /// <summary>Nothing may still point into it.</summary>
    public void Dispose()
    {
        NativeMemory.Free(Data);
        Data = null;
    }
}
