using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace PhotoGuard.Api.Requests;

/// <summary>
/// Buffers of 64 KiB for what connections bring, where Kestrel's own have 4 KiB: a picture is then received in some sixty calls of
/// the system instead of nine hundred. A connection that waits holds none.
/// </summary>
public sealed class WideBlocks : IMemoryPoolFactory<byte>
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Kept for the next connection, 8 MiB; what is given back above that goes to the garbage collector.</summary>
    private const int MostKept = 128;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Blocks();

    private sealed class Blocks : MemoryPool<byte>
    {
        private readonly ConcurrentQueue<byte[]> kept = new();

        public override int MaxBufferSize => BlockLength;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
            // Pinned, because the system writes into them while the collector may run.
            return new Block(this, kept.TryDequeue(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BlockLength, pinned: true));
        }

        protected override void Dispose(bool disposing) => kept.Clear();

        private void Return(byte[] bytes)
        {
            if (kept.Count < MostKept) kept.Enqueue(bytes);
        }

        private sealed class Block(Blocks owner, byte[] bytes) : IMemoryOwner<byte>
        {
            private byte[]? held = bytes;

            public Memory<byte> Memory => held ?? throw new ObjectDisposedException(nameof(Block));

            public void Dispose()
            {
                if (Interlocked.Exchange(ref held, null) is { } returned) owner.Return(returned);
            }
        }
    }
}
