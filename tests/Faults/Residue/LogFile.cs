using Microsoft.Extensions.Logging;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>What a process says goes into a file of the data folder, exceptions with all they hold.</summary>
internal sealed class LogFile(string path) : ILoggerProvider, ILogger
{
    private readonly Lock writing = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (writing) File.AppendAllText(path, $"{logLevel} {formatter(state, exception)} {exception}\n");
    }

    public void Dispose()
    {
    }
}
