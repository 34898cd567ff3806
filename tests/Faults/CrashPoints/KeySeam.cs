using Microsoft.Extensions.Logging;
using Npgsql;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>A point before and after every command of the key store, which has no interceptors: Npgsql tells its log of both.</summary>
internal sealed class KeySeam(Seams seams) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var when = eventId.Name switch
        {
            "ExecutingCommand" => "before",
            "CommandExecutionCompleted" => "after",
            _ => null,
        };
        if (when is null || state is not IEnumerable<KeyValuePair<string, object?>> told) return;
        var sql = told.FirstOrDefault(item => item.Key == "CommandText").Value?.ToString() ?? "";
        seams.Pass($"{when} {RecordsSeam.Named(sql)}", () => new NpgsqlException("The connection to the keys was lost, as the test wanted."));
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
