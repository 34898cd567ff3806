using System.Buffers;
using System.Collections.Concurrent;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>
/// Who may touch a rented buffer. A lease is used again for the next picture, so that none has to be made for each; a holder is known by
/// the turn, and one whose turn is over can neither reach the next picture's bytes nor give its buffer back.
/// </summary>
internal sealed class BufferLease
{
    private static readonly ConcurrentQueue<BufferLease> Spare = new();

    private byte[] buffer = [];
    private long turn;

    internal static BufferLease Of(byte[] rented, out long turn)
    {
        if (!Spare.TryDequeue(out var lease)) lease = new();
        lease.buffer = rented;
        turn = Interlocked.Read(ref lease.turn);
        return lease;
    }

    /// <exception cref="ObjectDisposedException">The turn is over.</exception>
    internal byte[] Buffer(long of)
    {
        var found = buffer;
        ObjectDisposedException.ThrowIf(Interlocked.Read(ref turn) != of, typeof(ScrubbedPicture));
        return found;
    }

    /// <summary>Gives the buffer back to where it was rented, once.</summary>
    internal void End(long of)
    {
        var rented = buffer;
        if (Interlocked.CompareExchange(ref turn, of + 1, of) != of) return;
        buffer = [];
        ArrayPool<byte>.Shared.Return(rented);
        Spare.Enqueue(this);
    }
}
