using System.Buffers.Text;
using System.Globalization;
using System.Text;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Requests;

/// <summary>Which part of a list is asked for: <c>after</c> (opaque) and <c>limit</c> (1–500, default 100).</summary>
public sealed record PageAsked(string? After, int Limit)
{
    private const int Default = 100;
    private const int Most = 500;

    public static ValueTask<PageAsked?> BindAsync(HttpContext context)
    {
        var after = context.Request.Query["after"].ToString();
        return ValueTask.FromResult<PageAsked?>(new(after.Length > 0 ? Decode(after) : null, LimitOf(context)));
    }

    /// <exception cref="Refusal"><c>invalid</c> 422.</exception>
    public static int LimitOf(HttpContext context) => context.Request.Query["limit"].ToString() is { Length: > 0 } asked
        ? int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most
            ? number
            : throw Refusals.Invalid("'limit' is a number from 1 to 500.")
        : Default;

    /// <summary>The id after which the page begins; null for the first page.</summary>
    public Guid? AfterId() => After is null ? null : Guid.TryParseExact(After, "D", out var id) ? id : throw BadCursor();

    /// <summary>The position after which the page begins; 0 for the first page.</summary>
    public long AfterPosition() => After is null ? 0
        : long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : throw BadCursor();

    internal static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Decode(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (FormatException)
        {
            throw BadCursor();
        }
    }

    private static Refusal BadCursor() => Refusals.Invalid("'after' is not one that we gave; leave it out to start again.");
}

/// <summary>A part of a list. <c>next</c> is absent on the last one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public static class Page
{
    /// <summary>A page of rows read with one more than the limit, so that the last page is known.</summary>
    /// <param name="rows">Up to <see cref="PageAsked.Limit"/> + 1 rows in order.</param>
    /// <param name="key">What the next page begins after.</param>
    public static Page<TItem> Of<TRow, TItem>(PageAsked asked, IReadOnlyList<TRow> rows, Func<TRow, object> key, Func<TRow, TItem> item) =>
        new([.. rows.Take(asked.Limit).Select(item)],
            rows.Count > asked.Limit ? PageAsked.Encode(Convert.ToString(key(rows[asked.Limit - 1]), CultureInfo.InvariantCulture)!) : null);
}
