using System.Text;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>The last of what a child wrote to standard error: read so that it never blocks there, kept short for the log.</summary>
internal sealed class LastWords
{
    private const int Kept = 600;
    private readonly StringBuilder text = new();
    private readonly Task reading;

    public LastWords(Stream error) => reading = ReadAsync(error);

    /// <summary>Waits a moment for a child that is ending.</summary>
    public async Task<string> TextAsync()
    {
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1)));
        lock (text)
            return text.ToString().Trim().ReplaceLineEndings(" | ");
    }

    private async Task ReadAsync(Stream error)
    {
        var buffer = new byte[1024];
        try
        {
            while (await error.ReadAsync(buffer) is > 0 and var read)
            {
                lock (text)
                {
                    text.Append(Encoding.UTF8.GetString(buffer, 0, read));
                    text.Remove(0, Math.Max(0, text.Length - Kept));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The child is gone.
        }
    }
}
