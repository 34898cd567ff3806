using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Tests.Workers.Sandbox.Drill;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Faults.Poison;

/// <summary>
/// The real decoder with a hole that one picture finds: JPEGs <see cref="Width"/> pixels wide make it die, hang, lie or swell. In the
/// sandbox, in place of the real one.
/// </summary>
internal static class PoisonedDecoder
{
    /// <summary>Of the pictures that are poison; nothing else about them is unusual.</summary>
    public const int Width = 77;

    public static ConfinedProgram That(string how) => ConfinedTest.Program(RunAsync, how);

    public static Task RunAsync(string[] how)
    {
        Renditions.Start();
        using var output = Console.OpenStandardOutput();
        using var input = new Taster(Console.OpenStandardInput(), () => Act(how[0], output));
        DecodeChild.Run(input, output);
        return Task.CompletedTask;
    }

    private static void Act(string how, Stream output)
    {
        switch (how)
        {
            case "died":
                Environment.FailFast("poison");
                break;
            case "wall":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "cpu":
                while (true) Thread.SpinWait(1000);
            case "memory":
                // Just past what is watched, and never to the wall behind it, however seldom a busy machine lets the watch look.
                while (Environment.WorkingSet < new DecoderSettings().ResidentBytes + (8 << 20)) Fill(1 << 20);
                Thread.Sleep(Timeout.Infinite);
                break;
            case "answer":
                output.Write(new byte[64]);
                output.Flush();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how));
        }
    }

    private static unsafe void Fill(nuint bytes) => new Span<byte>(NativeMemory.Alloc(bytes), (int)bytes).Fill(1);

    /// <summary>Looks at all that is read for the frame header of a JPEG of that width.</summary>
    private sealed class Taster(Stream inner, Action found) : Stream
    {
        private readonly List<byte> last = [];

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            foreach (var value in buffer[..read])
            {
                last.Add(value);
                if (last.Count > 9) last.RemoveAt(0);
                // SOF0, its length and depth; height; width.
                if (last is [0xFF, 0xC0, 0, 17, 8, _, _, var high, var low] && BinaryPrimitives.ReadUInt16BigEndian([high, low]) == Width) found();
            }
            return read;
        }

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
